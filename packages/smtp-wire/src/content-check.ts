/** What of a message may go to the wire: looked at octet by octet, before a single one is sent. */
import type { Reply } from '@postino/wire';
import { CLIENT_REPLIES } from './client-replies.ts';

const LF = 0x0a;
const CR = 0x0d;

export interface ContentRules {
  /** Octets above 127 may pass. RFC 6152 §3. */
  readonly eightBit: boolean;
  /** Anything may. RFC 3030 §3. */
  readonly binary?: boolean;
}

/**
 * A CR or LF that stands alone never passes, whatever it stands beside, so that no server can take an end for one that
 * is none. RFC 5321 §2.3.8.
 * Not done: a line of more than 1000 octets is sent as it is, though RFC 5321 §4.5.3.1.6 does not ask a server to take it.
 */
export class ContentCheck {
  readonly #highest: number;
  readonly #binary: boolean;
  /** The last octet of what came before. */
  #last: number = LF;

  constructor({ eightBit, binary = false }: ContentRules) {
    this.#highest = eightBit ? 255 : 127;
    this.#binary = binary;
  }

  /** Why these octets cannot go there: the first reason, however they are cut. */
  fault(bytes: Uint8Array): Reply | null {
    if (this.#binary) return null;
    const highest = this.#highest;
    let last = this.#last;
    // A plain loop: nearly all octets pass its first test, and no input is slower than another.
    for (let at = 0; at < bytes.length; at++) {
      const octet = bytes[at]!;
      const mayEnd = octet <= CR || last === CR;
      if (mayEnd && (octet === LF) !== (last === CR)) return CLIENT_REPLIES.bareLineEnd;
      if (octet > highest) return CLIENT_REPLIES.eightBit;
      last = octet;
    }
    this.#last = last;
    return null;
  }

  /** Why the message cannot end here. */
  get endFault(): Reply | null {
    return this.#last === CR ? CLIENT_REPLIES.bareLineEnd : null;
  }

  /** A line of text has begun and not ended. */
  get inLine(): boolean {
    return !this.#binary && this.#last !== LF;
  }
}
