/**
 * Where the header block of a message ends. RFC 5322 §2.1, §2.2. Content comes in chunks, the body goes out as views
 * into them, and any cutting of the same octets gives the same result. Memory: the header block, and nothing of the body.
 */
import { isNameOctet } from './field.ts';
import { HeaderBlock } from './header-block.ts';

/** Octets that a header block may have, its blank line not counted. Exim's `header_maxsize`. */
export const MAX_HEADER_SIZE = 1_048_576;
/** Fields that a header block may have. Our own choice: no honest message comes near it. */
export const MAX_HEADER_FIELDS = 10_000;

/** Why a header block was cut off: it has more octets, or more fields, than are allowed. */
export type HeaderFault = 'tooLarge' | 'tooManyFields';

export interface HeaderReaderOptions {
  /** Octets, the blank line not counted; `MAX_HEADER_SIZE` unless given. */
  readonly maxSize?: number;
  /** `MAX_HEADER_FIELDS` unless given. */
  readonly maxFields?: number;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const EMPTY = new Uint8Array(0);
const FIRST_ROOM = 1024;

/** Where the reader stands. */
const LINE = 0; // at the beginning of a line
const LINE_CR = 1; // after a CR that began a line
const NAME = 2; // within a field name
const NAME_END = 3; // in the white space between name and colon, RFC 5322 §4.5.8
const TEXT = 4; // past the colon, or in a folded line: all up to LF belongs to the field
const BLANK = 5; // past the blank line
const FOREIGN = 6; // in a line that is no field: the body began with it
type State =
  | typeof LINE
  | typeof LINE_CR
  | typeof NAME
  | typeof NAME_END
  | typeof TEXT
  | typeof BLANK
  | typeof FOREIGN;

/**
 * Takes a message in chunks, keeps its header block, and gives back its body.
 *
 * The block ends with a blank line, or before the first line that is no header field: that line, and all behind it, is
 * body. A block over a limit is cut before the line that broke it, and `fault` says so. In every case the block, its
 * blank line and the body are together the message, octet for octet.
 */
export class HeaderReader {
  readonly #maxSize: number;
  readonly #maxFields: number;
  /** All octets so far, in a buffer that grows by doubling. */
  #held = EMPTY;
  #size = 0;
  #state: State = LINE;
  /** Where the line that is being read began, counted from the start of the message. */
  #line = 0;
  /** Where each field begins. */
  readonly #starts: number[] = [];
  #header: HeaderBlock | null = null;
  #fault: HeaderFault | null = null;

  constructor(options: HeaderReaderOptions = {}) {
    this.#maxSize = limit('maxSize', options.maxSize ?? MAX_HEADER_SIZE);
    this.#maxFields = limit('maxFields', options.maxFields ?? MAX_HEADER_FIELDS);
  }

  /** The header block, once its end was seen. */
  get header(): HeaderBlock | null {
    return this.#header;
  }

  /** Set when the block was cut off at a limit. */
  get fault(): HeaderFault | null {
    return this.#fault;
  }

  /**
   * Takes the next chunk and gives what of the body is known by now: a view into the chunk, and at the turn from header
   * to body also the beginning of a line that came in an earlier chunk.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#header) return chunk.length > 0 ? [chunk] : [];
    const seen = this.#scan(chunk);
    if (this.#state !== BLANK && this.#state !== FOREIGN) {
      this.#hold(chunk);
      return [];
    }
    return this.#turn(chunk, this.#state === BLANK ? this.#size + seen : this.#line);
  }

  /** The message is over: half a line that is no field is body. */
  end(): Uint8Array[] {
    if (this.#header) return [];
    return this.#turn(EMPTY, this.#state === TEXT ? this.#size : this.#line);
  }

  /** Reads on until the header block ends or the chunk does, and says how many octets of it were looked at. */
  #scan(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.#state !== BLANK && this.#state !== FOREIGN) {
      if (this.#state === TEXT) at = this.#skipText(chunk, at);
      else if (this.#state === NAME && isNameOctet(chunk[at])) at = this.#skipName(chunk, at);
      else this.#step(chunk[at]!, this.#size + at++);
    }
    return at;
  }

  /** One octet at the beginning of a line, `place` octets from the start of the message. */
  #step(octet: number, place: number): void {
    const before = this.#state;
    this.#state = after(before, octet, this.#starts.length > 0);
    if (this.#state === BLANK || this.#state === FOREIGN) return;
    if (place >= this.#maxSize && this.#state !== LINE_CR) return this.#cut('tooLarge');
    if (this.#state !== TEXT || before === LINE) return;
    if (this.#starts.length === this.#maxFields) return this.#cut('tooManyFields');
    this.#starts.push(this.#line);
  }

  /** The rest of a field's name, or what of it is in the chunk. */
  #skipName(chunk: Uint8Array, at: number): number {
    let next = at;
    while (isNameOctet(chunk[next])) next++;
    if (this.#size + next > this.#maxSize) this.#cut('tooLarge');
    return next;
  }

  /** The rest of a line that belongs to a field: gives where the next line begins, or the end of the chunk. */
  #skipText(chunk: Uint8Array, at: number): number {
    const lf = chunk.indexOf(LF, at);
    const next = lf < 0 ? chunk.length : lf + 1;
    if (this.#size + next > this.#maxSize) {
      this.#cut('tooLarge');
    } else if (lf >= 0) {
      this.#state = LINE;
      this.#line = this.#size + next;
    }
    return next;
  }

  #cut(fault: HeaderFault): void {
    this.#fault = fault;
    this.#state = FOREIGN;
  }

  /** The header block is whole: the message's octets from `body` on are not part of it. */
  #turn(chunk: Uint8Array, body: number): Uint8Array[] {
    const fresh = Math.max(0, body - this.#size);
    const owed = this.#held.slice(body, this.#size);
    this.#hold(chunk.subarray(0, fresh));
    const end = this.#state === TEXT ? body : this.#line;
    const fields = this.#starts
      .filter((start) => start < end)
      .map((start, index) =>
        this.#held.subarray(start, Math.min(end, this.#starts[index + 1] ?? end)),
      );
    this.#header = new HeaderBlock(fields, this.#held.subarray(end, body));
    this.#held = EMPTY;
    return [owed, chunk.subarray(fresh)].filter((bytes) => bytes.length > 0);
  }

  #hold(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#held.length) {
      const room = new Uint8Array(
        Math.max(FIRST_ROOM, size, Math.min(2 * this.#held.length, this.#maxSize)),
      );
      room.set(this.#held.subarray(0, this.#size));
      this.#held = room;
    }
    this.#held.set(bytes, this.#size);
    this.#size = size;
  }
}

/** The state after one octet at the beginning of a line; only a line that follows a field can be its folded part. */
function after(state: State, octet: number, folds: boolean): State {
  if (state === LINE) {
    if (octet === CR) return LINE_CR;
    if (octet === LF) return BLANK;
    if (octet === SPACE || octet === TAB) return folds ? TEXT : FOREIGN;
    return isNameOctet(octet) ? NAME : FOREIGN;
  }
  if (state === LINE_CR) return octet === LF ? BLANK : FOREIGN;
  if (octet === COLON) return TEXT;
  if (octet === SPACE || octet === TAB) return NAME_END;
  return state === NAME && isNameOctet(octet) ? NAME : FOREIGN;
}

function limit(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new TypeError(`${name} must be a whole number, not ${value}`);
  return value;
}
