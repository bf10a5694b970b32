/** What stands once in the repository and is shown twice: `<!-- include: FILE NAME -->` has the part of that name in FILE. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './pages.ts';

export function withIncludes(text: string): string {
  return text.replaceAll(/<!-- include: (\S+) (.+?) -->/g, (_, file: string, name: string) => {
    const whole = readFileSync(join(root, file), 'utf8');
    const part = new RegExp(`<!-- ${name} -->([^]*?)<!-- /${name} -->`).exec(whole)?.[1];
    if (part === undefined) throw new Error(`${file} has no part that is named ${name}`);
    return part.trim();
  });
}
