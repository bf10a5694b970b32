/** The last step of every mechanism in which the server learns the password. */

import type { PasswordServerOptions, SaslStep } from './types.ts';

/** Asks `verify`; a rejection is a temporary failure. */
export async function verified(
  options: PasswordServerOptions,
  user: string,
  password: Uint8Array,
): Promise<SaslStep> {
  try {
    if (await options.verify(user, password)) return { type: 'success', user };
    return { type: 'failure', reason: 'credentials' };
  } catch (cause) {
    return { type: 'failure', reason: 'temporary', cause };
  }
}
