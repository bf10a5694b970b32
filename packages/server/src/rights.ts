/** Giving up root: it is needed to bind the ports below 1024, and for nothing else. */
import { chown, stat } from 'node:fs/promises';
import type { RunAs } from './config/values.ts';
import { messageOf } from './fault.ts';

declare global {
  // eslint-disable-next-line typescript/no-namespace -- the types of Node leave this call out
  namespace NodeJS {
    interface Process {
      initgroups?(user: string, extraGroup: number): void;
    }
  }
}

/** Whether this process may do all. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Gives a folder to the user whom the server will become. */
export async function giveTo(path: string, runAs: RunAs): Promise<void> {
  const { uid, gid } = idsOf(runAs);
  await chown(path, uid, gid);
}

/** Becomes this user for good, in the groups that the system has for it. Throws when there is no such user or group. */
export function becomeUser(runAs: RunAs): void {
  const { uid, gid } = idsOf(runAs);
  process.initgroups!(runAs.user, gid);
  process.setgid!(gid);
  process.setuid!(uid);
}

/** As root, becomes whoever owns a folder, for good: so that what is made in it is theirs. Rejects where it is missing. */
export async function becomeOwnerOf(folder: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  if (!isRoot() || uid === 0) return;
  process.setgroups!([gid]);
  process.setgid!(gid);
  process.setuid!(uid);
}

/** Node looks a name up only by becoming it; this comes back. */
function idsOf({ user, group }: RunAs): { uid: number; gid: number } {
  try {
    process.setegid!(group);
    process.seteuid!(user);
    return { uid: process.geteuid!(), gid: process.getegid!() };
  } catch (error) {
    throw new Error(
      `run_as: ${messageOf(error)}; name a user and a group of this machine, as "mail:mail"`,
      {
        cause: error,
      },
    );
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}
