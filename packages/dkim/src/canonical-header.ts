/**
 * Header fields made ready to be hashed, and which of them a signature means.
 */
import type { HeaderBlock } from '@postino/message';

import type { Canonicalization } from './canonicalization.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const CRLF = '\r\n';

/**
 * What is signed of the header: these fields in canonical form and, last, the signature's own without its `b=` and without a
 * line end. RFC 6376 §3.4.1, §3.4.2, §3.7.
 */
export function canonicalHeader(
  fields: readonly Uint8Array[],
  own: Uint8Array,
  how: Canonicalization,
): Buffer {
  const write = how === 'relaxed' ? writeRelaxed : writeSimple;
  const room = Buffer.allocUnsafe(
    fields.reduce((size, field) => size + field.length + CRLF.length, own.length),
  );
  let size = 0;
  for (const field of fields) {
    size = write(field, room, size);
    room[size++] = CR;
    room[size++] = LF;
  }
  return room.subarray(0, write(own, room, size));
}

/** The fields of a header block by their names, which are asked for in lower case. */
export class FieldIndex {
  readonly #fields = new Map<string, Uint8Array[]>();

  constructor(header: HeaderBlock) {
    for (const field of header.fields) {
      const name = nameOf(field);
      const same = this.#fields.get(name);
      if (same) same.push(field);
      else this.#fields.set(name, [field]);
    }
  }

  /** How many fields have this name. */
  count(name: string): number {
    return this.#fields.get(name)?.length ?? 0;
  }

  /**
   * The fields that `h=` means: each name takes the lowest one not taken yet, or none. RFC 6376 §5.4.2. A signature never
   * means its own field. RFC 6376 §3.5.
   */
  select(names: readonly string[], own: Uint8Array | null = null): Uint8Array[] {
    const taken = new Map<string, number>();
    const selected: Uint8Array[] = [];
    for (const name of names) {
      const fields = this.#fields.get(name) ?? [];
      let at = (taken.get(name) ?? fields.length) - 1;
      if (at >= 0 && fields[at] === own) at--;
      taken.set(name, at);
      if (at >= 0) selected.push(fields[at]!);
    }
    return selected;
  }
}

/** The name of a field in lower case; it is ASCII, and white space may stand behind it. RFC 5322 §4.5. */
function nameOf(field: Uint8Array): string {
  let name = '';
  for (let at = 0; field[at] !== COLON; at++) {
    const octet = field[at]!;
    if (octet > SPACE) name += String.fromCharCode(lower(octet));
  }
  return name;
}

/** A field without its line end; LF alone is one too, since the header block was cut there. */
export function withoutLineEnd(field: Uint8Array): Uint8Array {
  let end = field.length;
  if (field[end - 1] === LF) end -= field[end - 2] === CR ? 2 : 1;
  return field.subarray(0, end);
}

/** A field as it is, but for its line end; gives where it ends. RFC 6376 §3.4.1. */
function writeSimple(field: Uint8Array, to: Uint8Array, start: number): number {
  const bytes = withoutLineEnd(field);
  to.set(bytes, start);
  return start + bytes.length;
}

/** Name in lower case, folds undone, white space to one space and none at the ends. RFC 6376 §3.4.2. */
function writeRelaxed(field: Uint8Array, to: Uint8Array, start: number): number {
  const colon = field.indexOf(COLON);
  let size = start;
  for (let at = 0; at < colon; at++) {
    const octet = field[at]!;
    if (octet !== SPACE && octet !== TAB) to[size++] = lower(octet);
  }
  to[size++] = COLON;
  const value = size;
  let space = false;
  for (let at = colon + 1; at < field.length; at++) {
    const octet = field[at]!;
    if (octet > SPACE || !isBlank(field, at)) {
      if (space && size > value) to[size++] = SPACE;
      space = false;
      to[size++] = octet;
    } else if (octet === SPACE || octet === TAB) {
      space = true;
    }
  }
  return size;
}

/** White space, or part of a line end. */
function isBlank(field: Uint8Array, at: number): boolean {
  const octet = field[at];
  if (octet === SPACE || octet === TAB || octet === LF) return true;
  return octet === CR && field[at + 1] === LF;
}

function lower(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}
