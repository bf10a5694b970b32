/** The PROXY header out of chunks: what stands before TLS and before every protocol. proxy-protocol §2. */
import { concat } from './concat.ts';
import { parseProxyBlock, PROXY_SIGNATURE, PROXY_START, startFault } from './proxy-block.ts';
import {
  MAX_PROXY_HEADER,
  MAX_PROXY_LINE,
  proxyFault,
  type ProxyFault,
  type ProxyFaultReason,
  type ProxyHeader,
} from './proxy-header.ts';
import { parseProxyLine } from './proxy-line.ts';
import { StateError } from './state-error.ts';
import { asciiBytes, latin1 } from './text.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY: Uint8Array = new Uint8Array(0);
const WORD = asciiBytes('PROXY ');

/** What was read, and the octets that it took. */
interface Verdict {
  readonly result: ProxyHeader | ProxyFault;
  readonly length: number;
}

export interface ProxyReaderOptions {
  /** Octets that a header of version 2 may have; default `MAX_PROXY_HEADER`. Version 1 has `MAX_PROXY_LINE`. */
  readonly limit?: number;
}

/**
 * Reads one header, of either version. Use it only where a header must come, and only from proxies that are trusted:
 * whoever may send one can be whoever he likes. proxy-protocol §5. Memory: one chunk and one header.
 */
export class ProxyReader {
  readonly #limit: number;
  #held: Uint8Array = EMPTY;
  #rest: Uint8Array | null = null;

  constructor({ limit = MAX_PROXY_HEADER }: ProxyReaderOptions = {}) {
    this.#limit = limit;
  }

  /** Takes a chunk. The header, or the first fault, or null while more is needed; nothing may follow a result. */
  read(chunk: Uint8Array): ProxyHeader | ProxyFault | null {
    if (this.#rest) throw new StateError('read() after the header');
    const bytes = this.#held.length > 0 ? concat([this.#held, chunk]) : chunk;
    const verdict = bytes[0] === CR ? judgeBlock(bytes, this.#limit) : judgeLine(bytes);
    // A copy; `slice` of a Buffer is none.
    if (!verdict) this.#held = new Uint8Array(bytes);
    else this.#rest = bytes.subarray(verdict.length);
    return verdict?.result ?? null;
  }

  /** What lies behind the header: the octets of TLS, or of the protocol. */
  rest(): Uint8Array {
    return this.#rest ?? EMPTY;
  }
}

/** Only the first line end counts, and it must be CRLF. */
function judgeLine(bytes: Uint8Array): Verdict | null {
  if (!mayBegin(bytes, WORD)) return fault('signature');
  const line = bytes.subarray(0, MAX_PROXY_LINE);
  const end = line.findIndex((octet) => octet === CR || octet === LF);
  if (line[end] === LF) return fault('line');
  if (end < 0 || end + 1 === line.length) {
    return line.length === MAX_PROXY_LINE ? fault('tooLong') : null;
  }
  if (line[end + 1] !== LF) return fault('line');
  return { result: parseProxyLine(latin1(line.subarray(0, end))), length: end + 2 };
}

/** Of the header itself nothing is parsed before all of it is there. proxy-protocol §2.2. */
function judgeBlock(bytes: Uint8Array, limit: number): Verdict | null {
  if (!mayBegin(bytes, PROXY_SIGNATURE)) return fault('signature');
  const start = bytes.subarray(PROXY_SIGNATURE.length, PROXY_START);
  const reason = startFault(start, limit);
  if (reason) return fault(reason);
  const length = PROXY_START + (start[2] ?? 0) * 256 + (start[3] ?? 0);
  if (start.length < 4 || bytes.length < length) return null;
  return { result: parseProxyBlock(bytes.subarray(0, length)), length };
}

/** Whether the bytes begin with the first ones, as far as both go. */
function mayBegin(bytes: Uint8Array, first: Uint8Array): boolean {
  return first.every((octet, at) => at >= bytes.length || bytes[at] === octet);
}

function fault(reason: ProxyFaultReason): Verdict {
  return { result: proxyFault(reason), length: 0 };
}
