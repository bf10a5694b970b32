/** SCRAM, the server's side: the password is never sent, and the server proves that it knows it too. RFC 5802, RFC 7677. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeText, isIdentity, MAX_FIELD_OCTETS } from './field.ts';
import {
  channelInput,
  hash,
  hashOf,
  hmac,
  MIN_ITERATIONS,
  xor,
  type ChannelBinding,
  type ScramCredentials,
  type ScramMechanism,
} from './scram.ts';
import { parseClientFinal, parseClientFirst, type ClientFirst } from './scram-message.ts';
import type { SaslServer, SaslStep } from './types.ts';

export interface ScramServerOptions {
  readonly mechanism: ScramMechanism;
  /** What is kept of this user's password; null when nothing is. A rejection means that it could not be found out. */
  credentials(user: string): ScramCredentials | null | Promise<ScramCredentials | null>;
  /**
   * Of this connection; with it a `-PLUS` mechanism must have been offered beside the others, and a client that believes
   * it was not is refused: somebody in between took it away. RFC 5802 §6. Default: none.
   */
  readonly channelBinding?: ChannelBinding | null;
  /** Iterations that unknown users seem to have; default `MIN_ITERATIONS`. Give what is usual in your file. */
  readonly decoyIterations?: number;
  /** Makes the salts that unknown users seem to have; default: one drawn when the process began. */
  readonly decoySecret?: Uint8Array;
  /** Our half of the nonce: printable ASCII without commas, never the same twice; default: 144 random bits in base64. */
  readonly nonce?: () => string;
  /** The most octets of an identity; default `MAX_FIELD_OCTETS`. */
  readonly maxOctets?: number;
}

const MALFORMED: SaslStep = { type: 'failure', reason: 'malformed' };
const WRONG: SaslStep = { type: 'failure', reason: 'credentials' };
const DECOY_SECRET = randomBytes(32);

/**
 * A server for one exchange of SCRAM. A name that nobody has is asked on like any other, with a salt that stays the same,
 * and fails at the end. Throws a `TypeError` for a `-PLUS` mechanism without a channel binding.
 */
// Not done: SASLprep (RFC 4013) of names, as RFC 5802 §5.1 has it; they are looked up as they come.
export function scramServer(options: ScramServerOptions): SaslServer {
  if (options.mechanism.endsWith('-PLUS') && !options.channelBinding)
    throw new TypeError(`${options.mechanism} needs a channel binding`);
  return new ScramServer(options);
}

/** What stands between the two messages of the client. */
interface Exchange {
  readonly first: ClientFirst;
  readonly nonce: string;
  readonly serverFirst: string;
  readonly credentials: ScramCredentials;
  /** Whether there is such a user. */
  readonly known: boolean;
}

class ScramServer implements SaslServer {
  readonly #options: ScramServerOptions;
  #exchange: Exchange | null = null;
  /** Who has proved to know the password, and waits only for the end. */
  #proven: string | null = null;

  constructor(options: ScramServerOptions) {
    this.#options = options;
  }

  start(initial: Uint8Array | null): SaslStep | Promise<SaslStep> {
    return initial ? this.step(initial) : challenge('');
  }

  step(response: Uint8Array): SaslStep | Promise<SaslStep> {
    // The protocols carry no data with success: it goes out as a challenge, which has an empty answer. RFC 4954 §4.
    if (this.#proven !== null)
      return response.length === 0 ? { type: 'success', user: this.#proven } : MALFORMED;
    const text = decodeText(response);
    if (text === null) return MALFORMED;
    return this.#exchange ? this.#judge(this.#exchange, text) : this.#begin(text);
  }

  async #begin(text: string): Promise<SaslStep> {
    const first = parseClientFirst(text);
    const { maxOctets = MAX_FIELD_OCTETS } = this.#options;
    if (!first || !isIdentity(first.user, maxOctets) || !this.#bindsAsAsked(first))
      return MALFORMED;
    // Nobody may act as somebody else.
    if (first.authzid !== '' && first.authzid !== first.user) return WRONG;
    try {
      const found = await this.#options.credentials(first.user);
      return this.#ask(first, found);
    } catch (cause) {
      return { type: 'failure', reason: 'temporary', cause };
    }
  }

  /** RFC 5802 §6. */
  #bindsAsAsked({ flag, bindingType }: ClientFirst): boolean {
    const { mechanism, channelBinding = null } = this.#options;
    if (mechanism.endsWith('-PLUS')) return flag === 'p' && bindingType === channelBinding?.type;
    return flag === 'n' || (flag === 'y' && channelBinding === null);
  }

  #ask(first: ClientFirst, found: ScramCredentials | null): SaslStep {
    const credentials = found ?? decoy(first.user, this.#options);
    const { nonce: draw = () => randomBytes(18).toString('base64') } = this.#options;
    const nonce = first.nonce + draw();
    const salt = Buffer.from(credentials.salt).toString('base64');
    const serverFirst = `r=${nonce},s=${salt},i=${credentials.iterations}`;
    this.#exchange = { first, nonce, serverFirst, credentials, known: found !== null };
    return challenge(serverFirst);
  }

  #judge(exchange: Exchange, text: string): SaslStep {
    const { mechanism, channelBinding = null } = this.#options;
    const { first, credentials, nonce } = exchange;
    const final = parseClientFinal(text);
    if (!final) return MALFORMED;
    const binding = channelInput(first.header, first.flag === 'p' ? channelBinding : null);
    if (final.binding !== binding || final.nonce !== nonce) return WRONG;
    const message = `${first.bare},${exchange.serverFirst},${final.withoutProof}`;
    const signature = hmac(mechanism, credentials.storedKey, message);
    const isProven =
      final.proof.length === signature.length &&
      timingSafeEqual(hash(mechanism, xor(final.proof, signature)), credentials.storedKey);
    if (!isProven || !exchange.known) return WRONG;
    this.#proven = first.user;
    const ours = hmac(mechanism, credentials.serverKey, message);
    return challenge(`v=${Buffer.from(ours).toString('base64')}`);
  }
}

/** What an unknown user seems to have: the same whenever somebody asks. */
function decoy(user: string, options: ScramServerOptions): ScramCredentials {
  const { mechanism, decoySecret = DECOY_SECRET, decoyIterations = MIN_ITERATIONS } = options;
  const salt = createHmac('sha256', decoySecret).update(user).digest().subarray(0, 16);
  const nothing = new Uint8Array(hashOf(mechanism).length);
  return { iterations: decoyIterations, salt, storedKey: nothing, serverKey: nothing };
}

function challenge(text: string): SaslStep {
  return { type: 'challenge', bytes: Buffer.from(text) };
}
