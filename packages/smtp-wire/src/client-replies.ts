/**
 * The replies that the client gives itself, where the server was not asked or said nothing that can be used. They are
 * outcomes marked `local`. What broke in between counts as 451. RFC 5321 §3.8; the status: RFC 5248 §2.4.
 */
import type { Reply } from '@postino/wire';

export type ClientReplyName =
  | 'tooBig'
  | 'eightBit'
  | 'binary'
  | 'utf8Message'
  | 'utf8Recipient'
  | 'tlsNeeded'
  | 'requireTls'
  | 'bareLineEnd'
  | 'notInTheClear'
  | 'noMechanism'
  | 'noTls'
  | 'noLogin'
  | 'unproved'
  | 'closed'
  | 'timedOut'
  | 'lineTooLong'
  | 'tooManyLines'
  | 'malformed'
  | 'wrongClass'
  | 'unasked'
  | 'injected';

export const CLIENT_REPLIES: Readonly<Record<ClientReplyName, Reply>> = {
  // Refused before the server is asked.
  /** RFC 1870 §6. */
  tooBig: no(552, '5.3.4', 'The message is bigger than the server takes'),
  /** RFC 6152 §3. */
  eightBit: no(554, '5.6.3', 'The message holds 8-bit octets, and the server has no 8BITMIME'),
  /** RFC 3030 §3. */
  binary: no(554, '5.6.3', 'The message is binary, which can only be sent in chunks'),
  /** RFC 6531 §3.5. */
  utf8Message: no(550, '5.6.7', 'The message needs SMTPUTF8, which the server has not'),
  /** RFC 6531 §3.5. */
  utf8Recipient: no(553, '5.6.7', 'The address needs SMTPUTF8, which the server has not'),
  /** RFC 8689 §4.2.1. */
  tlsNeeded: no(523, '5.7.10', 'The message requires TLS with a verified server'),
  /** RFC 8689 §4.2.1. */
  requireTls: no(550, '5.7.30', 'The message requires REQUIRETLS, which the server has not'),
  /** RFC 5321 §2.3.8. */
  bareLineEnd: no(554, '5.6.0', 'The message holds a CR or LF that stands alone'),
  /** RFC 4954 §4. */
  notInTheClear: no(538, '5.7.11', 'No login without TLS'),
  /** RFC 4954 §4. */
  noMechanism: no(504, '5.5.4', 'The server does not offer this way to log in'),

  // What another try may find mended.
  /** RFC 3207 §4. */
  noTls: no(451, '4.7.10', 'TLS is required, and the server does not offer it'),
  noLogin: no(451, '4.7.4', 'The server offers no way to log in that we have'),
  /** RFC 5802 §5. */
  unproved: no(451, '4.7.0', 'The server did not show that it knows the password'),

  // The connection is of no more use.
  closed: no(451, '4.4.2', 'The server closed the connection'),
  timedOut: no(451, '4.4.2', 'The server took too long'),
  lineTooLong: no(451, '4.5.0', 'A line of the server was too long'),
  tooManyLines: no(451, '4.5.0', 'A reply of the server had too many lines'),
  malformed: no(451, '4.5.0', 'What the server said is no reply'),
  wrongClass: no(451, '4.5.0', 'A reply of the server had a code that is no answer'),
  unasked: no(451, '4.5.0', 'The server spoke before it was asked'),
  /** RFC 3207 §6. */
  injected: no(451, '4.7.0', 'Octets came between the reply to STARTTLS and TLS'),
};

function no(code: number, status: NonNullable<Reply['status']>, text: string): Reply {
  return { code, status, text };
}

/** Why the connection was given up, as an error or a caller words it. */
export function givenUp(why: string): Reply {
  return no(451, '4.4.2', why.replaceAll(/[^ -~]/g, '?'));
}
