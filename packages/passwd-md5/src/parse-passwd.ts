/** The grammar of the passwd file: `user:hash:` and more fields that do not matter here, a user a line. */

import { canonicalUser } from './user.ts';

const BOM = '\uFEFF';

/**
 * The hash of each user, as it stands in the file and in its order; the first of two equal users wins, and names are
 * equal without regard to case. A user without a hash is a user still. What is no user's line (empty, a comment, a
 * name that no user may have) is passed over.
 */
export function parsePasswd(text: string): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const line of text.slice(text.startsWith(BOM) ? 1 : 0).split('\n')) {
    const [name = '', hash = ''] = line.replace(/\r$/, '').split(':', 2);
    const user = canonicalUser(name);
    if (user !== null && !hashes.has(user)) hashes.set(user, hash);
  }
  return hashes;
}
