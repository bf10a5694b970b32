/** LOGIN, the client's side, for servers that offer nothing better. draft-murchison-sasl-login-00. */

import { writeField } from './field.ts';
import type { PasswordClientOptions, SaslClient } from './types.ts';

/** A client for one exchange of LOGIN. What the challenges say does not matter, only their order. */
export function loginClient({ user, password }: PasswordClientOptions): SaslClient {
  const answers = [writeField('user', user), writeField('password', password)];
  return { mechanism: 'LOGIN', start: () => null, step: () => answers.shift() ?? null };
}
