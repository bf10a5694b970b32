/** The three folders of a Maildir: made where they are missing, never followed through a link. */
import { dirname, join } from 'node:path';
import { codeOf, FOLDER, isMissing, syncFolder, type Files } from './files.ts';

/** Makes a folder and those above it. What stands there already is left as it is. */
export async function makePath(files: Files, path: string, mode: number): Promise<void> {
  try {
    await makeFolder(files, path, mode);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    await makePath(files, dirname(path), mode);
    await makeFolder(files, path, mode);
  }
}

/** Makes sure that `tmp`, `new` and `cur` are there and are folders; a link in place of one rejects with `ENOTDIR`. */
export async function checkFolders(files: Files, root: string, mode: number): Promise<void> {
  await Promise.all(
    ['tmp', 'new', 'cur'].map((name) => checkFolder(files, join(root, name), mode)),
  );
}

async function checkFolder(files: Files, path: string, mode: number): Promise<void> {
  try {
    const { isFolder } = await files.lstat(path);
    if (!isFolder) throw notAFolder(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeFolder(files, path, mode);
  }
}

/** Durable when it resolves. */
async function makeFolder(files: Files, path: string, mode: number): Promise<void> {
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
  const folder = await files.open(path, FOLDER);
  try {
    await folder.chmod(mode | (made & 0o7000));
  } finally {
    await folder.close();
  }
}

function notAFolder(path: string): Error {
  return Object.assign(new Error(`ENOTDIR: '${path}' is no folder, and a link is not followed`), {
    code: 'ENOTDIR',
    path,
  });
}
