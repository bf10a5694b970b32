/** PLAIN, the server's side. RFC 4616. */

import { parsePlain } from './plain.ts';
import type { PasswordServerOptions, SaslServer, SaslStep } from './types.ts';
import { verified } from './verified.ts';

/** A server for one exchange of PLAIN: one message, as the initial response or after an empty challenge. RFC 4616 §2. */
export function plainServer(options: PasswordServerOptions): SaslServer {
  return {
    start: (initial) =>
      initial ? judge(options, initial) : { type: 'challenge', bytes: new Uint8Array() },
    step: (response) => judge(options, response),
  };
}

/** Nobody may act as somebody else, and who tries learns nothing about the password. RFC 4616 §2. */
function judge(options: PasswordServerOptions, message: Uint8Array): SaslStep | Promise<SaslStep> {
  const plain = parsePlain(message, options);
  if (!plain) return { type: 'failure', reason: 'malformed' };
  const { authzid, user, password } = plain;
  if (authzid !== '' && authzid !== user) return { type: 'failure', reason: 'credentials' };
  return verified(options, user, password);
}
