/** The content of one message on its way out: looked at, then dot-stuffed. RFC 5321 §4.5.2. */
import { DotWriter, type Reply } from '@postino/wire';
import { CLIENT_REPLIES } from './client-replies.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * A CR or LF that stands alone never passes, whatever it stands beside, so that no server can take an end for one that
 * is none. RFC 5321 §2.3.8.
 * Not done: a line of more than 1000 octets is sent as it is, though RFC 5321 §4.5.3.1.6 does not ask a server to take it.
 */
export class ContentWriter {
  readonly #dots = new DotWriter();
  readonly #highest: number;
  /** The last octet of what came before. */
  #last = 0;

  /** `eightBit`: octets above 127 may pass. RFC 6152 §3. */
  constructor(options: { readonly eightBit: boolean }) {
    this.#highest = options.eightBit ? 255 : 127;
  }

  /** The octets for the wire, or why they cannot go there: the first reason, however they are cut. */
  write(bytes: Uint8Array): Uint8Array | Reply {
    return this.#fault(bytes) ?? this.#dots.write(bytes);
  }

  /** What ends it: a dot on a line of its own. RFC 5321 §4.1.1.4. */
  end(): Uint8Array | Reply {
    return this.#last === CR ? CLIENT_REPLIES.bareLineEnd : this.#dots.end();
  }

  #fault(bytes: Uint8Array): Reply | null {
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
}
