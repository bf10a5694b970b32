/** OAUTHBEARER, the client's side. RFC 7628. */

import { formatBearer } from './oauth-bearer.ts';
import type { SaslClient } from './types.ts';

export interface OAuthBearerClientOptions {
  /** Base64-like, as the authorization server gave it. RFC 6750 §2.1. */
  readonly token: string;
  /** Some servers want it. */
  readonly user?: string;
  /** Where we have connected to. */
  readonly host?: string;
  readonly port?: number;
}

/** A client for one exchange; only for a connection that TLS protects. Throws a `TypeError` for what cannot be sent. */
export function oauthBearerClient({ user = '', ...options }: OAuthBearerClientOptions): SaslClient {
  const message = Buffer.from(formatBearer({ authzid: user, ...options }));
  let answered = false;
  return {
    mechanism: 'OAUTHBEARER',
    start: () => message,
    step(challenge) {
      // The error is to be answered, so that the server can end the exchange. RFC 7628 §3.2.3.
      if (challenge.length === 0 || answered) return null;
      answered = true;
      return Uint8Array.of(1);
    },
  };
}
