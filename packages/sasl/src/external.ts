/** EXTERNAL: who it is was settled elsewhere, by the certificate of TLS for one. RFC 4422 appendix A. */

import { MAX_FIELD_OCTETS, readIdentity, writeField } from './field.ts';
import type { SaslClient, SaslServer, SaslStep } from './types.ts';

export interface ExternalServerOptions {
  /**
   * Who this is, when it may act as it asks to; null when not. `authzid` is empty where the client leaves it to us.
   * A rejection means that it could not be found out.
   */
  authorize(authzid: string): string | null | Promise<string | null>;
  /** The most octets of an identity; default `MAX_FIELD_OCTETS`. */
  readonly maxOctets?: number;
}

/** A server for one exchange of EXTERNAL; offer it only where there is something outside that says who it is. */
export function externalServer(options: ExternalServerOptions): SaslServer {
  const step = async (response: Uint8Array): Promise<SaslStep> => {
    const { maxOctets = MAX_FIELD_OCTETS } = options;
    const authzid = response.length === 0 ? '' : readIdentity(response, maxOctets);
    if (authzid === null) return { type: 'failure', reason: 'malformed' };
    try {
      const user = await options.authorize(authzid);
      return user === null ? { type: 'failure', reason: 'credentials' } : { type: 'success', user };
    } catch (cause) {
      return { type: 'failure', reason: 'temporary', cause };
    }
  };
  return {
    start: (initial) => (initial ? step(initial) : { type: 'challenge', bytes: new Uint8Array() }),
    step,
  };
}

/** A client for one exchange of EXTERNAL; without `authzid` the server says who we are. */
export function externalClient({ authzid = '' }: { readonly authzid?: string } = {}): SaslClient {
  const message = authzid === '' ? new Uint8Array() : writeField('authzid', authzid);
  return { mechanism: 'EXTERNAL', start: () => message, step: () => null };
}
