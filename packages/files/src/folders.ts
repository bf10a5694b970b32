/** Folders whose names, and the names in them, are durable. */
import { dirname } from 'node:path';
import { codeOf, isMissing } from './error-code.ts';
import { FOLDER } from './open-flags.ts';
import type { Files } from './types.ts';
import { withFile } from './with-file.ts';

/** Makes the names in a folder durable: a file's own sync does not cover its name. */
export function syncFolder(files: Files, path: string): Promise<void> {
  return withFile(files, [path, FOLDER], (folder) => folder.sync());
}

/** Makes a folder and those above it, durable when it resolves. What stands there already is left as it is. */
export async function makePath(files: Files, path: string, mode: number): Promise<void> {
  try {
    await makeFolder(files, path, mode);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    await makePath(files, dirname(path), mode);
    await makeFolder(files, path, mode);
  }
}

/** Makes one folder, whatever the umask, durable when it resolves. What stands there already is left as it is. */
export async function makeFolder(files: Files, path: string, mode: number): Promise<void> {
  try {
    await files.mkdir(path, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  await setMode(files, path, mode);
  await syncFolder(files, dirname(path));
}

/** `mkdir` takes away what the umask says; the bits above the rights, set-group-ID above all, stay as they came. */
async function setMode(files: Files, path: string, mode: number): Promise<void> {
  const made = (await files.lstat(path)).mode;
  if ((made & 0o777) === mode) return;
  await withFile(files, [path, FOLDER], (folder) => folder.chmod(mode | (made & 0o7000)));
}
