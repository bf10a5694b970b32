/** The grammar of the passwd file: `user:hash:uid:gid:gecos:home:shell:extra fields`, a user a line. */

import { canonicalUser } from './user.ts';

const BOM = '\uFEFF';

/** A user's line. */
export interface PasswdEntry {
  /** As it stands in the file, `{SCHEME}` and all; empty where there is none. */
  readonly hash: string;
  /** What stands behind the shell, `key=value` or `key` a word. */
  readonly extra: readonly string[];
}

/**
 * The users in the order of the file; the first of two equal users wins, and names are equal without regard to case. A
 * user without a hash is a user still. What is no user's line (empty, a comment, a name that no user may have) is
 * passed over.
 */
export function parsePasswd(text: string): Map<string, PasswdEntry> {
  const entries = new Map<string, PasswdEntry>();
  for (const line of text.slice(text.startsWith(BOM) ? 1 : 0).split('\n')) {
    const [name = '', hash = '', ...rest] = line.replace(/\r$/, '').split(':');
    const user = canonicalUser(name);
    if (user !== null && !entries.has(user)) entries.set(user, { hash, extra: extraOf(rest) });
  }
  return entries;
}

const NONE: readonly string[] = [];

/** Behind uid, gid, gecos, home and shell; a value may hold colons, as an address of IPv6 does. */
function extraOf(rest: readonly string[]): readonly string[] {
  return rest.length > 5 ? rest.slice(5).join(':').split(/\s+/).filter(Boolean) : NONE;
}
