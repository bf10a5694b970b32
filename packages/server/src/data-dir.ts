/** The folder of the server's own state, and the lock that keeps a second server out of it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { holdLock, type Lock } from '@postino/maildir';

/** Makes the folder, open to its owner only, where there is none. Gives whether it was made. */
export async function makeDataDir(path: string): Promise<boolean> {
  return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
}

/** The file whose lock says that the folder is in use. */
export function lockPath(dataDir: string): string {
  return join(dataDir, 'lock');
}

/** Locks the folder until `release()` or the end of the process; rejects when another server holds it. */
export async function lockDataDir(path: string): Promise<Lock> {
  const lock = await holdLock(lockPath(path));
  if (lock) return lock;
  throw new Error(
    `${path} is in use by another Postino server; stop that one, or give this one a data_dir of its own`,
  );
}
