import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** The release, as package.json has it. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
