/** What a mailbox says about its messages, and what it may be told. */
import type { Files } from '@postino/files';
import type { LineEnds } from './line-ends.ts';
import type { Quota } from './quota-file.ts';

/** One message, as it was seen when it was listed or delivered. */
export interface Entry {
  /** The unique part of the file's name: it stays the same when flags are set or the file moves. */
  readonly name: string;
  /** What Dovecot gave it, with `uidl`; else `name` itself where POP3 can carry it, or a hash of it. The same in every session. RFC 1939 §7. */
  readonly uid: string;
  /** Octets that `read()` yields: every line end counts as CRLF. RFC 1939 §11. */
  readonly size: number;
  /** Letters in order, `FS`: P R S T D F as Maildir has them, a to z Dovecot's keywords. */
  readonly flags: string;
  /** Where it was last seen; only a hint, since others may move it. */
  readonly folder: Folder;
  /** Its file name there, sizes and flags included; a hint too. */
  readonly file: string;
}

/** What a message is made of: octets, or pieces of them, with CRLF line ends. */
export type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The two folders that hold messages: `new` those that no mail reader has taken over yet. */
export type Folder = 'new' | 'cur';

export interface MaildirOptions {
  /** Rights of the files, 0o600 where not given; folders get `x` wherever files have `r`. */
  readonly mode?: number;
  /** The last part of unique names; the machine's own name where not given. */
  readonly hostname?: string;
  /** How lines end on disk, `lf` where not given; both are read whatever this says. */
  readonly lineEnds?: LineEnds;
  /** What the mailbox may hold, its folders but Trash included; kept in `maildirsize`, as Courier, Dovecot and Exim do. */
  readonly quota?: Quota;
  /**
   * Dovecot's `pop3_uidl_format`, see `DOVECOT_UIDL`: messages that stand in `dovecot-uidlist` keep the unique-ids which
   * Dovecot gave them. Without it, and for messages that are not there, names are the unique-ids.
   */
  readonly uidl?: string;
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** The file system; Node's own where not given. */
  readonly files?: Files;
}

/** How one message is delivered. */
export interface DeliveryOptions {
  /**
   * A unique name of the caller's choice (see `nameFor`). A message that already stands under it, in `new` or `cur`
   * and with any flags, is the result, and no second copy is made.
   */
  readonly name?: string;
  /** The caller knows that `name` was never tried before, and saves the look for it. */
  readonly fresh?: boolean;
}
