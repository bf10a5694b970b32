/** Dot-stuffing for content on its way out. RFC 5321 §4.5.2, RFC 1939 §3. */
import { insertOctet } from './insert-octet.ts';
import { asciiBytes } from './text.ts';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** What stood before the next octet. */
type State = 'LINE' | 'TEXT' | 'TEXT_CR';

/**
 * Doubles each dot that begins a line; the start and what follows CRLF begin one, and nothing else does. Content must
 * have no bare CR or LF: they pass as they are.
 */
export class DotWriter {
  #state: State = 'LINE';

  /** The same content, stuffed: the same view where there is nothing to stuff, else a copy. */
  write(bytes: Uint8Array): Uint8Array {
    const dots = this.#leadingDots(bytes);
    this.#state = stateAfter(bytes, this.#state);
    return dots.length === 0 ? bytes : insertOctet(bytes, DOT, dots);
  }

  /** What closes the content: `.CRLF`, with a CRLF before it where the last line lacks one. */
  end(): Uint8Array {
    return this.#state === 'LINE' ? asciiBytes('.\r\n') : asciiBytes('\r\n.\r\n');
  }

  #leadingDots(bytes: Uint8Array): number[] {
    const dots: number[] = [];
    for (let at = bytes.indexOf(DOT); at >= 0; at = bytes.indexOf(DOT, at + 1)) {
      if (stateBefore(bytes, at, this.#state) === 'LINE') dots.push(at);
    }
    return dots;
  }
}

/** The state before the octet at `at`, where the bytes began in `first`. */
function stateBefore(bytes: Uint8Array, at: number, first: State): State {
  if (at === 0) return first;
  const last = bytes[at - 1];
  if (last === CR) return 'TEXT_CR';
  const afterCr = at === 1 ? first === 'TEXT_CR' : bytes[at - 2] === CR;
  return last === LF && afterCr ? 'LINE' : 'TEXT';
}

function stateAfter(bytes: Uint8Array, first: State): State {
  return stateBefore(bytes, bytes.length, first);
}
