/** The folders of a Maildir: made where they are missing, never followed through a link. */
import { join } from 'node:path';
import {
  codeOf,
  CREATE,
  isMissing,
  makeFolder,
  syncFolder,
  withFile,
  type Files,
} from '@postino/files';

/** Makes sure that `tmp`, `new` and `cur` are there and are folders; a link in place of one rejects with `ENOTDIR`. */
export async function checkFolders(files: Files, root: string, mode: number): Promise<void> {
  await Promise.all(
    ['tmp', 'new', 'cur'].map((name) => checkFolder(files, join(root, name), mode)),
  );
}

/** Says to deliverers that the quota is the parent's. https://www.courier-mta.org/imap/README.maildirquota.html */
const FOLDER_MARK = 'maildirfolder';

/** Makes a Maildir++ folder, its mark included, or makes one whole whose making was cut off. */
export async function makeMailFolder(
  files: Files,
  path: string,
  { mode, folderMode }: { mode: number; folderMode: number },
): Promise<void> {
  await checkFolder(files, path, folderMode);
  try {
    await withFile(files, [join(path, FOLDER_MARK), CREATE, mode], (mark) => mark.chmod(mode));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  await syncFolder(files, path);
}

/** Rejects with `ENOENT` where there is none, with `ENOTDIR` for a link or another file. */
export async function demandFolder(files: Files, path: string): Promise<void> {
  if (!(await files.lstat(path)).isFolder) throw notAFolder(path);
}

async function checkFolder(files: Files, path: string, mode: number): Promise<void> {
  try {
    await demandFolder(files, path);
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
