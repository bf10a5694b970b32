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
  readonly #eightBit: boolean;
  #afterCr = false;

  /** `eightBit`: octets above 127 may pass. RFC 6152 §3. */
  constructor(options: { readonly eightBit: boolean }) {
    this.#eightBit = options.eightBit;
  }

  /** The octets for the wire, or why they cannot go there. */
  write(bytes: Uint8Array): Uint8Array | Reply {
    if (hasBareLineEnd(bytes, this.#afterCr)) return CLIENT_REPLIES.bareLineEnd;
    if (!this.#eightBit && bytes.some((octet) => octet > 127)) return CLIENT_REPLIES.eightBit;
    if (bytes.length > 0) this.#afterCr = bytes.at(-1) === CR;
    return this.#dots.write(bytes);
  }

  /** What ends it: a dot on a line of its own. RFC 5321 §4.1.1.4. */
  end(): Uint8Array | Reply {
    return this.#afterCr ? CLIENT_REPLIES.bareLineEnd : this.#dots.end();
  }
}

/** `afterCr`: what came before ends with CR. A CR at the end may yet be followed by its LF. */
function hasBareLineEnd(bytes: Uint8Array, afterCr: boolean): boolean {
  if (afterCr && bytes.length > 0 && bytes[0] !== LF) return true;
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1))
    if (at + 1 < bytes.length && bytes[at + 1] !== LF) return true;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (at === 0 ? !afterCr : bytes[at - 1] !== CR) return true;
  return false;
}
