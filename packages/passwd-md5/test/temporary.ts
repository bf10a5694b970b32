import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** The path of a file of its own for a test, with this text. */
export async function passwdFile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'passwd-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'passwd');
  await writeFile(path, text);
  return path;
}
