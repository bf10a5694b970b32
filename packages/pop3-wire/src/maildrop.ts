/** The maildrop of a session: the snapshot of login, its numbers, and the marks of DELE. No I/O. RFC 1939 §5. */
import type { MaildropEntry } from './events.ts';

/** Message numbers begin with 1 and stay put when a message is marked; an entry's index is its number less one. */
export class Maildrop {
  readonly entries: readonly MaildropEntry[];
  readonly #marks = new Set<number>();
  #octets = 0;
  #markedOctets = 0;

  /** The entries are kept, not copied. A size or a unique-id that cannot go on the wire is a `TypeError`. */
  constructor(entries: readonly MaildropEntry[]) {
    for (const entry of entries) {
      checkSize(entry.size);
      checkUid(entry.uid);
      this.#octets += entry.size;
    }
    this.entries = entries;
  }

  /** Messages that are not marked. */
  get count(): number {
    return this.entries.length - this.#marks.size;
  }

  /** Octets of the messages that are not marked. */
  get octets(): number {
    return this.#octets - this.#markedOctets;
  }

  get hasMarks(): boolean {
    return this.#marks.size > 0;
  }

  /** The entry of a number, marked or not. */
  at(number: number): MaildropEntry | undefined {
    return this.entries[number - 1];
  }

  isMarked(number: number): boolean {
    return this.#marks.has(number);
  }

  /** Marks a message that is there as deleted; nothing is removed before the UPDATE state. RFC 1939 §5 (DELE). */
  mark(number: number): void {
    if (this.isMarked(number)) return;
    this.#marks.add(number);
    this.#markedOctets += this.at(number)?.size ?? 0;
  }

  /** Takes every mark away. RFC 1939 §5 (RSET). */
  reset(): void {
    this.#marks.clear();
    this.#markedOctets = 0;
  }

  /** The indexes of the messages marked, in order. */
  marked(): readonly number[] {
    return [...this.#marks].map((number) => number - 1).toSorted((a, b) => a - b);
  }
}

/** Lets pass what can stand as a count of octets. */
export function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`not a size in octets: ${size}`);
}

/** Lets pass 1 to 70 characters from `!` to `~`. RFC 1939 §7 (UIDL). */
function checkUid(uid: string): void {
  if (!/^[!-~]{1,70}$/.test(uid)) throw new TypeError(`not a unique-id: ${JSON.stringify(uid)}`);
}
