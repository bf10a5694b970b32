/** A lock that one holder has at a time, in this process or another, and that dies with its holder. */
import { closeSync, constants, fchmodSync, lstatSync, openSync } from 'node:fs';
import { codeOf } from './error-code.ts';

export interface Lock {
  /** Gives the lock back; once is enough. */
  release(): void;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
/** SQLite's result code for a database that somebody else has locked. */
const SQLITE_BUSY = 5;

/**
 * Takes the lock on a file, which is made where it is missing and stays empty; null when it is held. Keep what it
 * gives: a lock that nobody refers to any more is given back.
 *
 * Node has no `flock`, and a file with a process number in it outlives its holder and means nothing in another
 * container. SQLite locks with the kernel's record locks, which end with the process however it ends.
 */
export async function holdLock(path: string, mode = 0o600): Promise<Lock | null> {
  const { DatabaseSync } = await import('node:sqlite');
  makeLockFile(path, mode);
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return {
    release(): void {
      if (database.isOpen) database.close();
    },
  };
}

/**
 * SQLite would follow a link, and would not give the file our rights. Synchronous, and never for a file that is there:
 * closing a file drops all record locks that this process has on it.
 */
function makeLockFile(path: string, mode: number): void {
  try {
    const file = openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, mode);
    fchmodSync(file, mode);
    closeSync(file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (!lstatSync(path).isFile()) throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
