/** Every reply that the machine gives by itself; each tells the user what to do. */
import type { Reply, Status } from '@postino/wire';
import type { Verb } from './order.ts';

/** The replies that are the same in every session. */
export const REPLIES = {
  ok: { code: 250, status: '2.0.0', text: 'OK' }, // RFC 5321 §4.2.2
  senderOk: { code: 250, status: '2.1.0', text: 'OK' }, // RFC 5321 §4.1.1.2, RFC 5248 §2.4
  recipientOk: { code: 250, status: '2.1.5', text: 'Accepted' }, // RFC 5321 §4.1.1.3
  reset: { code: 250, status: '2.0.0', text: 'Reset OK' }, // RFC 5321 §4.1.1.5
  cannotVerify: {
    code: 252,
    status: '2.5.0',
    text: 'Cannot say whether the mailbox exists, send mail to find out',
  }, // RFC 5321 §3.5.3
  goAhead: { code: 220, status: '2.0.0', text: 'TLS go ahead' }, // RFC 3207 §4
  loggedIn: { code: 235, status: '2.7.0', text: 'Authentication succeeded' }, // RFC 4954 §6
  content: { code: 354, text: 'Enter message, ending with "." on a line by itself' }, // RFC 5321 §4.1.1.4

  localError: { code: 451, status: '4.3.0', text: 'Temporary local problem, please try later' }, // RFC 5321 §4.2.2
  tooManyRecipients: {
    code: 452,
    status: '4.5.3',
    text: 'Too many recipients, send the message again for the others',
  }, // RFC 5321 §4.5.3.1.10

  lineTooLong: { code: 500, status: '5.5.2', text: 'Line too long' }, // RFC 5321 §4.5.3.1.9
  authLineTooLong: { code: 500, status: '5.5.6', text: 'Authentication exchange line is too long' }, // RFC 4954 §4
  badLineEnd: {
    code: 500,
    status: '5.5.2',
    text: 'A line must end with CRLF and hold no other CR or LF',
  }, // RFC 5321 §2.3.8
  badOctets: { code: 501, status: '5.5.2', text: 'A command must be ASCII or UTF-8 without NUL' }, // RFC 5321 §4.1.2, RFC 6531 §3.3
  unrecognized: {
    code: 500,
    status: '5.5.1',
    text: 'Unrecognized command, HELP lists those that are known',
  }, // RFC 5321 §4.2.4
  notImplemented: { code: 502, status: '5.5.1', text: 'Command not implemented' }, // RFC 5321 §4.2.4

  // Without a status, as any answer to EHLO. RFC 2034 §4
  helloSyntax: {
    code: 501,
    text: 'Syntactically invalid argument, give a host name or an address in square brackets',
  }, // RFC 5321 §4.1.1.1
  mailSyntax: { code: 501, status: '5.5.4', text: 'Syntax is MAIL FROM:<address> [parameters]' }, // RFC 5321 §4.1.1.2
  rcptSyntax: { code: 501, status: '5.5.4', text: 'Syntax is RCPT TO:<address> [parameters]' }, // RFC 5321 §4.1.1.3
  badSender: {
    code: 501,
    status: '5.1.7',
    text: 'The sender is no valid address in angle brackets',
  }, // RFC 5321 §4.1.4, RFC 5248 §2.4
  badRecipient: {
    code: 501,
    status: '5.1.3',
    text: 'The recipient is no valid address in angle brackets',
  }, // RFC 5248 §2.4
  badParameter: { code: 501, status: '5.5.4', text: 'Bad value or repetition of a parameter' }, // RFC 5321 §4.2.2
  noArgument: { code: 501, status: '5.5.4', text: 'The command takes no argument' }, // RFC 5321 §4.3.2
  bdatSyntax: { code: 501, status: '5.5.4', text: 'Syntax is BDAT size [LAST]' }, // RFC 3030 §2
  argumentMissing: { code: 501, status: '5.5.4', text: 'The command needs an argument' }, // RFC 5321 §4.1.1.6
  authSyntax: { code: 501, status: '5.5.4', text: 'Syntax is AUTH mechanism [initial-response]' }, // RFC 4954 §4
  badBase64: { code: 501, status: '5.5.2', text: 'Invalid base64 data' }, // RFC 4954 §4
  authCancelled: { code: 501, status: '5.7.0', text: 'Authentication cancelled' }, // RFC 4954 §4

  helloFirst: { code: 503, status: '5.5.1', text: 'HELO or EHLO required first' }, // RFC 5321 §4.1.4
  ehloFirst: {
    code: 503,
    status: '5.5.1',
    text: 'EHLO required first: no extension was negotiated',
  }, // RFC 5321 §2.2.1
  lhloFirst: { code: 503, status: '5.5.1', text: 'LHLO required first' }, // RFC 2033 §4.1
  mailFirst: { code: 503, status: '5.5.1', text: 'Sender not yet given, MAIL comes first' }, // RFC 5321 §3.3
  senderGiven: { code: 503, status: '5.5.1', text: 'Sender already given, RSET forgets it' }, // RFC 5321 §4.1.4
  recipientFirst: { code: 503, status: '5.5.1', text: 'Valid RCPT command must precede DATA' }, // RFC 5321 §3.3
  notInTransaction: {
    code: 503,
    status: '5.5.1',
    text: 'Not permitted in a mail transaction, RSET ends it',
  }, // RFC 4954 §4
  chunksOnly: {
    code: 503,
    status: '5.5.1',
    text: 'The message has begun with BDAT and goes on with it, RSET ends it',
  }, // RFC 3030 §2
  binaryNeedsBdat: { code: 503, status: '5.5.1', text: 'BODY=BINARYMIME needs BDAT, not DATA' }, // RFC 3030 §3
  tlsAlready: { code: 503, status: '5.5.1', text: 'TLS is active already' }, // RFC 3207 §4.2
  loggedInAlready: { code: 503, status: '5.5.1', text: 'Already authenticated' }, // RFC 4954 §4
  notWelcome: { code: 503, status: '5.5.1', text: 'No service here, QUIT is all that is left' }, // RFC 5321 §3.1

  tlsFirst: { code: 530, status: '5.7.0', text: 'STARTTLS required first' }, // RFC 3207 §4

  // For applications.
  authenticationRequired: { code: 530, status: '5.7.0', text: 'Authentication required' }, // RFC 4954 §6
  authenticationFailed: { code: 535, status: '5.7.8', text: 'Incorrect authentication data' }, // RFC 4954 §6
  authenticationUnavailable: {
    code: 454,
    status: '4.7.0',
    text: 'Unable to authenticate at present, please try later',
  }, // RFC 4954 §6

  utf8NotForAll: {
    code: 554,
    status: '5.6.9',
    text: 'Message refused: not every recipient can take UTF-8 in its header',
  }, // RFC 6531 §3.5

  unknownMechanism: {
    code: 504,
    status: '5.5.4',
    text: 'Authentication mechanism not supported, EHLO lists those that are',
  }, // RFC 4954 §4
  encryptionRequired: {
    code: 538,
    status: '5.7.11',
    text: 'Encryption required, STARTTLS comes first',
  }, // RFC 5248 §2.4
  asciiSenderRequired: {
    code: 550,
    status: '5.6.7',
    text: 'A non-ASCII address needs the parameter SMTPUTF8',
  }, // RFC 6531 §3.5
  asciiRecipientRequired: {
    code: 553,
    status: '5.6.7',
    text: 'A non-ASCII address needs the parameter SMTPUTF8 on MAIL',
  }, // RFC 6531 §3.5
  messageTooBig: {
    code: 552,
    status: '5.3.4',
    text: 'Message size exceeds the maximum that EHLO announced',
  }, // RFC 1870 §6.1
  bareLineEnd: {
    code: 554,
    status: '5.6.0',
    text: 'Message refused: a CR or LF stands alone in it, lines must end with CRLF',
  }, // RFC 5321 §2.3.8
  nulInContent: { code: 554, status: '5.6.0', text: 'Message refused: it holds a NUL' }, // RFC 5321 §4.5.2
  unsynchronized: {
    code: 554,
    status: '5.5.0',
    text: 'SMTP synchronization error: you must wait for the reply',
  }, // RFC 2920 §3.1
  unknownParameter: {
    code: 555,
    status: '5.5.4',
    text: 'Parameter not recognized or not implemented',
  }, // RFC 5321 §4.1.1.11
} as const;

/** A chunk was taken. RFC 3030 §2. */
export function chunkReply(size: number): Reply {
  return reply(250, '2.0.0', `${size} octets received`);
}

/** What HELP says of the commands that are served. RFC 5321 §4.1.1.8. */
export function helpReply(commands: readonly Verb[]): Reply {
  return reply(214, '2.0.0', ['Commands supported:', commands.join(' ')]);
}

/** The replies that name the host. RFC 5321 §4.2: the greeting, 221 and 421 begin with its domain. */
export const HOST_REPLIES = {
  closing: (host: string): Reply => reply(221, '2.0.0', `${host} closing connection`), // RFC 5321 §4.1.1.10
  shuttingDown: (host: string): Reply =>
    reply(421, '4.3.2', `${host} shutting down, please try later`), // RFC 5321 §3.8
  unavailable: (host: string): Reply =>
    reply(421, '4.3.0', `${host} temporary local problem, please try later`), // RFC 5321 §4.2.2
  timedOut: (host: string): Reply =>
    reply(421, '4.4.2', `${host} SMTP command timeout, closing connection`), // RFC 5321 §4.5.3.2.7
  tooManyMessages: (host: string): Reply =>
    reply(421, '4.7.0', `${host} too many messages in one session, please begin another`), // RFC 5321 §7.8, RFC 9422 §3
  tooManyErrors: (host: string): Reply =>
    reply(421, '4.7.0', `${host} too many syntax or protocol errors`), // RFC 5321 §7.8
  tooManyIdle: (host: string): Reply =>
    reply(421, '4.7.0', `${host} too many commands without a message`), // RFC 5321 §7.8
  tooManyLogins: (host: string): Reply =>
    reply(421, '4.7.0', `${host} too many failed authentications`), // RFC 4954 §9
} as const;

function reply(code: number, status: Status, text: string | readonly string[]): Reply {
  return { code, status, text };
}
