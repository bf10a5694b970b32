/**
 * What a server mends in a message of one who has logged in. RFC 6409 §8. Nobody who relays may do any of it.
 */
import { fieldBody } from './field.ts';
import { formatField } from './format-field.ts';
import type { HeaderBlock } from './header-block.ts';

/** Why a message cannot be sent as it is. */
export type SubmissionFault = 'noFrom' | 'severalFrom' | 'malformedFrom' | 'foreignFrom';

/** Who has logged in, and how far the message may name somebody else. */
export interface SubmittingUser {
  /** What Sender says, `local@domain`: it must take mail. RFC 6409 §8.1. */
  readonly address: string;
  /** Whether an address of the message is the user's. */
  owns(address: string): boolean;
  /** What a From of somebody else comes to: a Sender of ours, or the fault `foreignFrom`. `sender` unless given. */
  readonly foreignFrom?: 'sender' | 'refuse';
}

export interface SubmissionOptions {
  /** From `formatDate()`. */
  readonly date: string;
  /** With its angle brackets, and never used before. */
  readonly messageId: string;
  /** The addresses in the body of a From field; null when it breaks the grammar: `parseAddressList()` of `@postino/address`. */
  readonly addresses: (body: string) => readonly string[] | null;
  /** Left out, Sender stays as it is. */
  readonly user?: SubmittingUser | undefined;
}

/** One word in angle brackets with no white space: less than RFC 5322 §3.6.4 asks, since clients keep what they sent. */
const MESSAGE_ID = /^<[!-;=?-~]+>$/;

/**
 * The header with Date and Message-ID where they were missing, the right Sender, and no Bcc; or what is wrong with its
 * From. What is not touched stays octet for octet.
 */
// Not done: a Date that cannot be read is not corrected (RFC 6409 §8.2).
export function mendSubmission(
  header: HeaderBlock,
  options: SubmissionOptions,
): HeaderBlock | SubmissionFault {
  const { date, messageId, addresses, user } = options;
  const [from, ...more] = header.findAll('From');
  if (!from) return 'noFrom';
  if (more.length > 0) return 'severalFrom';
  const authors = addresses(fieldBody(from));
  if (!authors || authors.length === 0) return 'malformedFrom';
  if (user?.foreignFrom === 'refuse' && !authors.every((one) => user.owns(one)))
    return 'foreignFrom';

  const open = withDate(withMessageId(header.strip('Bcc', 'Resent-Bcc'), messageId), date); // RFC 5322 §3.6.3
  return user ? withSender(open, { user, authors, addresses }) : open;
}

/** RFC 6409 §8.2. */
function withDate(header: HeaderBlock, date: string): HeaderBlock {
  return header.find('Date') ? header : header.append(formatField('Date', date));
}

/** RFC 6409 §8.3: one that is no message identifier is replaced, and so are several. */
function withMessageId(header: HeaderBlock, messageId: string): HeaderBlock {
  const [given, ...more] = header.findAll('Message-ID');
  if (given && more.length === 0 && MESSAGE_ID.test(fieldBody(given))) return header;
  return header.strip('Message-ID').append(formatField('Message-ID', messageId));
}

/** A Sender of somebody else goes. Ours comes unless the user is the one author. RFC 6409 §8.1, RFC 5322 §3.6.2. */
function withSender(
  header: HeaderBlock,
  {
    user,
    authors,
    addresses,
  }: { user: SubmittingUser; authors: readonly string[] } & Pick<SubmissionOptions, 'addresses'>,
): HeaderBlock {
  const [given, ...more] = header.findAll('Sender');
  const senders = given && more.length === 0 ? addresses(fieldBody(given)) : null;
  if (senders?.length === 1 && user.owns(senders[0]!)) return header;
  const stripped = header.strip('Sender');
  const isAuthor = authors.length === 1 && user.owns(authors[0]!);
  return isAuthor ? stripped : stripped.append(formatField('Sender', user.address));
}
