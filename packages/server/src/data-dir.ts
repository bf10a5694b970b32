/** The folder of the server's own state, and the lock that keeps a second server out of it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** SQLite's code for a file that somebody else has locked. */
const SQLITE_BUSY = 5;

/** A lock that is held. */
export interface DataDirLock {
  release(): void;
}

/** Makes the folder, only for its owner, where there is none. Gives whether it was made. */
export async function makeDataDir(path: string): Promise<boolean> {
  return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
}

/**
 * Locks the folder; throws when another server holds it. Node has no call to lock a file, SQLite has one: the lock is
 * an open transaction on a database without contents, and the system lets go of it when the process dies.
 */
export function lockDataDir(path: string): DataDirLock {
  const file = new DatabaseSync(join(path, 'lock'));
  try {
    file.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Error(
      `data_dir ${path} is in use by another Postino server; stop that one, or give this one a data_dir of its own`,
      { cause: error },
    );
  }
  return { release: () => file.close() };
}
