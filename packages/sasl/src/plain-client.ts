/** PLAIN, the client's side. RFC 4616. */

import { formatPlain } from './plain.ts';
import type { PasswordClientOptions, SaslClient } from './types.ts';

/** A client for one exchange of PLAIN; only for a connection that TLS protects. RFC 4616 §1. */
export function plainClient({ user, password }: PasswordClientOptions): SaslClient {
  const message = formatPlain({ user, password });
  return { mechanism: 'PLAIN', start: () => message, step: () => null };
}
