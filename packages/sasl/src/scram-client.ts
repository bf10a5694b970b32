/** SCRAM, the client's side: who listens learns no password, and a server that does not know it is found out. RFC 5802. */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeText, writeField } from './field.ts';
import {
  channelInput,
  hmac,
  keysOf,
  MIN_ITERATIONS,
  saltPassword,
  xor,
  type ChannelBinding,
  type ScramMechanism,
} from './scram.ts';
import {
  escapeName,
  parseServerFinal,
  parseServerFirst,
  type ServerFirst,
} from './scram-message.ts';
import type { PasswordClientOptions, SaslClient } from './types.ts';

/** More iterations than this would keep us busy for a server's sake; ours. */
export const MAX_ITERATIONS = 500_000;

export interface ScramClientOptions extends PasswordClientOptions {
  readonly mechanism: ScramMechanism;
  /**
   * Of this connection. With a mechanism that is not `-PLUS` the server is told that we could have used it, so that
   * nobody in between can take it away. RFC 5802 §6. Default: none.
   */
  readonly channelBinding?: ChannelBinding | null;
  /** Printable ASCII without commas, never the same twice; default: 144 random bits in base64. */
  readonly nonce?: () => string;
  /** Fewer would let a server that is none learn what it can guess from; default `MIN_ITERATIONS`. RFC 7677 §4. */
  readonly minIterations?: number;
  /** Default `MAX_ITERATIONS`. */
  readonly maxIterations?: number;
}

/** A client for one exchange of SCRAM. Throws a `TypeError` for a `-PLUS` mechanism without a channel binding. */
// Not done: SASLprep (RFC 4013), as RFC 5802 §2.2 has it; user and password are sent and hashed as they are.
export function scramClient(options: ScramClientOptions): SaslClient {
  if (options.mechanism.endsWith('-PLUS') && !options.channelBinding)
    throw new TypeError(`${options.mechanism} needs a channel binding`);
  return new ScramClient(options);
}

class ScramClient implements SaslClient {
  readonly mechanism: ScramMechanism;
  readonly #options: ScramClientOptions;
  readonly #password: Uint8Array;
  readonly #header: string;
  readonly #nonce: string;
  readonly #bare: string;
  #phase: 'first' | 'final' | 'over' = 'first';
  #verified = false;
  /** What the server must sign with to be the one that knows the password. */
  #signature: Uint8Array = new Uint8Array();

  constructor(options: ScramClientOptions) {
    const { mechanism, user, password, nonce = () => randomBytes(18).toString('base64') } = options;
    writeField('user', user);
    this.mechanism = mechanism;
    this.#options = options;
    this.#password = writeField('password', password);
    this.#header = `${flagOf(options)},,`;
    this.#nonce = nonce();
    this.#bare = `n=${escapeName(user)},r=${this.#nonce}`;
  }

  get verified(): boolean {
    return this.#verified;
  }

  start(): Uint8Array {
    return Buffer.from(this.#header + this.#bare);
  }

  step(challenge: Uint8Array): Uint8Array | null {
    const text = decodeText(challenge);
    const phase = this.#phase;
    this.#phase = phase === 'first' ? 'final' : 'over';
    if (text === null || phase === 'over') return null;
    return phase === 'first' ? this.#prove(text) : this.#verify(text);
  }

  #prove(serverFirst: string): Uint8Array | null {
    const asked = parseServerFirst(serverFirst);
    if (!asked || !this.#mayAnswer(asked)) return this.#giveUp();
    const { mechanism } = this;
    const binding = mechanism.endsWith('-PLUS') ? (this.#options.channelBinding ?? null) : null;
    const withoutProof = `c=${channelInput(this.#header, binding)},r=${asked.nonce}`;
    const message = `${this.#bare},${serverFirst},${withoutProof}`;
    const keys = keysOf(mechanism, saltPassword(mechanism, this.#password, asked));
    const proof = xor(keys.clientKey, hmac(mechanism, keys.storedKey, message));
    this.#signature = hmac(mechanism, keys.serverKey, message);
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  }

  /** Is it meant for us, and is the work neither too little nor too much? */
  #mayAnswer({ nonce, iterations }: ServerFirst): boolean {
    const { minIterations = MIN_ITERATIONS, maxIterations = MAX_ITERATIONS } = this.#options;
    const isFresh = nonce.startsWith(this.#nonce) && nonce.length > this.#nonce.length;
    return isFresh && iterations >= minIterations && iterations <= maxIterations;
  }

  #verify(serverFinal: string): Uint8Array | null {
    const signature = parseServerFinal(serverFinal);
    const ours = this.#signature;
    this.#verified = signature?.length === ours.length && timingSafeEqual(signature, ours);
    return this.#verified ? new Uint8Array() : null;
  }

  #giveUp(): null {
    this.#phase = 'over';
    return null;
  }
}

function flagOf({ mechanism, channelBinding }: ScramClientOptions): string {
  if (mechanism.endsWith('-PLUS')) return `p=${channelBinding?.type}`;
  return channelBinding ? 'y' : 'n';
}
