/** The three folders of a Maildir: made where they are missing, never followed through a link. */
import { join } from 'node:path';
import { isMissing, makeFolder, type Files } from '@postino/files';

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

function notAFolder(path: string): Error {
  return Object.assign(new Error(`ENOTDIR: '${path}' is no folder, and a link is not followed`), {
    code: 'ENOTDIR',
    path,
  });
}
