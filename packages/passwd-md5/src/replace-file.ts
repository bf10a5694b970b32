/** A file changed at one stroke: whoever reads it sees the old or the new one, whenever the power fails. */

import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { holdLock, nodeFiles, syncFolder, type Lock } from '@postino/files';

/** Milliseconds that the lock is waited for, and between two looks. Our choice. */
const LOCK_TIME = 10_000;
const LOCK_PAUSE = 20;

/**
 * Puts what `edit` makes of a file in its place; null: nothing is to be done. Mode and owner stay, a link is followed.
 * One at a time, in all processes that use this function: `FILE.lock` is held meanwhile. Who writes the file otherwise
 * while it is edited makes the edit begin again. Returns whether the file was changed.
 */
export async function replaceFile(
  path: string,
  edit: (octets: Buffer) => Buffer | null,
): Promise<boolean> {
  const real = await realpath(path);
  const lock = await waitForLock(`${real}.lock`);
  try {
    for (;;) {
      const seen = await stampOf(real);
      const changed = edit(await readFile(real));
      if (changed === null) return false;
      const place = await writeBeside(real, changed);
      if (seen === (await stampOf(real))) return await moveInto(real, place);
      await rm(place);
    }
  } finally {
    lock.release();
  }
}

async function waitForLock(path: string): Promise<Lock> {
  for (let waited = 0; waited < LOCK_TIME; waited += LOCK_PAUSE) {
    const lock = await holdLock(path);
    if (lock) return lock;
    await setTimeout(LOCK_PAUSE);
  }
  throw new Error(`${path} is held by another program`);
}

async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Makes the new file, whole and on the disk. */
async function writeBeside(path: string, octets: Buffer): Promise<string> {
  const place = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(place, 'wx', 0o600);
  try {
    await file.writeFile(octets);
    await takeRights(file, path);
    await file.sync();
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return place;
}

/** The owner first: to give a file away takes its set-user-ID bits. */
async function takeRights(file: FileHandle, model: string): Promise<void> {
  const { uid, gid, mode } = await stat(model);
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode & 0o7777);
}

async function moveInto(path: string, place: string): Promise<true> {
  try {
    await rename(place, path);
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  }
  await syncFolder(nodeFiles, dirname(path));
  return true;
}
