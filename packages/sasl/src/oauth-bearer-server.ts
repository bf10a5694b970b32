/** OAUTHBEARER, the server's side: a token of OAuth 2.0 in place of a password. RFC 7628; TLS is a must there, §3. */

import { decodeText } from './field.ts';
import { parseBearer, type BearerMessage } from './oauth-bearer.ts';
import type { SaslServer, SaslStep } from './types.ts';

/** The longest identity; tokens are as long as the protocol lets them be. */
const MAX_AUTHZID_OCTETS = 255;

export interface OAuthBearerServerOptions {
  /**
   * Whose token this is, or null when it is no good here, any longer, or for this host. A rejection means that it could
   * not be found out. An empty token is never asked about.
   */
  verify(token: string, message: BearerMessage): string | null | Promise<string | null>;
  /** What a client is to ask its token for; told with each refusal. RFC 7628 §3.2.2. */
  readonly scope?: string;
  /** Where a client finds out how to get a token: an `https` URL. RFC 7628 §3.2.2. */
  readonly openidConfiguration?: string;
}

const MALFORMED: SaslStep = { type: 'failure', reason: 'malformed' };

/** A server for one exchange of OAUTHBEARER. Whoever is refused is told why, and answers once more. RFC 7628 §3.2.3. */
export function oauthBearerServer(options: OAuthBearerServerOptions): SaslServer {
  let refused = false;

  async function step(response: Uint8Array): Promise<SaslStep> {
    if (refused) return { type: 'failure', reason: 'credentials' };
    const text = decodeText(response);
    const message = text === null ? null : parseBearer(text, { maxOctets: MAX_AUTHZID_OCTETS });
    if (!message) return MALFORMED;
    try {
      const user = message.token === '' ? null : await options.verify(message.token, message);
      // Nobody may act as somebody else.
      if (user !== null && (message.authzid === '' || message.authzid === user))
        return { type: 'success', user };
    } catch (cause) {
      return { type: 'failure', reason: 'temporary', cause };
    }
    refused = true;
    return { type: 'challenge', bytes: Buffer.from(errorText(options)) };
  }

  return {
    start: (initial) => (initial ? step(initial) : { type: 'challenge', bytes: new Uint8Array() }),
    step,
  };
}

function errorText({ scope, openidConfiguration }: OAuthBearerServerOptions): string {
  return JSON.stringify({
    status: 'invalid_token',
    scope,
    'openid-configuration': openidConfiguration,
  });
}
