/**
 * A header block as a value: its fields in their order, each as the octets it came in, and the blank line. What is not
 * touched stays as it was, octet for octet, so that signatures hold.
 */
import { isNamed, splitFields } from './field.ts';
import { encodeUtf8 } from './utf8.ts';

const LF = 0x0a;
const CRLF = Uint8Array.of(0x0d, LF);

/** A header block; nothing changes it, every operation gives a new one. RFC 5322 §2.1. */
export class HeaderBlock {
  /** Each with its line end, which the last one lacks where the message ended within it. */
  readonly fields: readonly Uint8Array[];
  /** The blank line as it came; empty when the message has none: it ended, or its body began with no blank line. */
  readonly separator: Uint8Array;

  constructor(fields: readonly Uint8Array[] = [], separator: Uint8Array = CRLF) {
    this.fields = fields;
    this.separator = separator;
  }

  /** The first field of this name, or null. */
  find(name: string): Uint8Array | null {
    return this.fields.find((field) => isNamed(field, name)) ?? null;
  }

  /** All fields of this name, from the top. */
  findAll(name: string): Uint8Array[] {
    return this.fields.filter((field) => isNamed(field, name));
  }

  /** How many fields have this name; a folded field is one. RFC 5321 §6.3 counts `Received` so. */
  count(name: string): number {
    let count = 0;
    for (const field of this.fields) if (isNamed(field, name)) count++;
    return count;
  }

  /** The block without the fields of these names. */
  strip(...names: string[]): HeaderBlock {
    return this.filter((field) => !names.some((name) => isNamed(field, name)));
  }

  /** The block with those fields only that `keep` says yes to. */
  filter(keep: (field: Uint8Array) => boolean): HeaderBlock {
    return new HeaderBlock(this.fields.filter(keep), this.separator);
  }

  /** The block with these above it, as trace fields must stand. RFC 5321 §4.4. Each may be several fields. */
  prepend(...added: (string | Uint8Array)[]): HeaderBlock {
    return new HeaderBlock([...wholeFields(added), ...ended(this.fields)], this.#separatorOrCrlf());
  }

  /** The block with these below it, before the blank line. Each may be several fields. */
  append(...added: (string | Uint8Array)[]): HeaderBlock {
    return new HeaderBlock([...ended(this.fields), ...wholeFields(added)], this.#separatorOrCrlf());
  }

  /** The octets of the block, its blank line included. */
  bytes(): Uint8Array {
    return concat([...this.fields, this.separator]);
  }

  /** With a field more, a body that began without a blank line would be read as part of the header. */
  #separatorOrCrlf(): Uint8Array {
    return this.separator.length > 0 ? this.separator : CRLF;
  }
}

function wholeFields(added: readonly (string | Uint8Array)[]): Uint8Array[] {
  return added.flatMap((one) => {
    const fields = splitFields(typeof one === 'string' ? encodeUtf8(one) : one);
    if (!fields)
      throw new TypeError(
        'what is added to a header block must be whole fields, each ending in CRLF',
      );
    return fields;
  });
}

/** The fields with a line end on the last one too. */
function ended(fields: readonly Uint8Array[]): readonly Uint8Array[] {
  const last = fields.at(-1);
  if (!last || last.at(-1) === LF) return fields;
  return [...fields.slice(0, -1), concat([last, CRLF])];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
