/** What the server says beyond what the machine says by itself. */
import type { QuotaError } from '@postino/maildir';
import type { Reply } from '@postino/wire';

export const SMTP_REPLIES: Readonly<
  Record<
    | 'relayDenied'
    | 'loginNeeded'
    | 'foreignSender'
    | 'sentTooMuch'
    | 'noFrom'
    | 'badFrom'
    | 'diskFull'
    | 'mailboxFull'
    | 'mailboxTooSmall'
    | 'authWrong'
    | 'authMalformed'
    | 'authUnavailable'
    | 'tooManyConnections',
    Reply
  >
> = {
  relayDenied: { code: 550, status: '5.7.1', text: 'relay not permitted' }, // RFC 3463 §3.8
  loginNeeded: { code: 530, status: '5.7.0', text: 'Authentication required' }, // RFC 4954 §6
  foreignSender: { code: 550, status: '5.7.1', text: 'This is no address of yours' }, // RFC 6409 §6.1
  sentTooMuch: {
    code: 450,
    status: '4.7.1',
    text: 'You have sent too much within the hour, please try later',
  }, // RFC 3463 §3.8
  noFrom: { code: 550, status: '5.6.0', text: 'The message has no From field' }, // RFC 6409 §8
  badFrom: {
    code: 550,
    status: '5.6.0',
    text: 'The message needs one From field, with an address',
  }, // RFC 6409 §8
  diskFull: { code: 452, status: '4.3.1', text: 'Space shortage, please try later' }, // RFC 3463 §3.4
  mailboxFull: { code: 452, status: '4.2.2', text: 'The mailbox is full, please try later' }, // RFC 3463 §3.3
  mailboxTooSmall: {
    code: 552,
    status: '5.2.2',
    text: 'The message is larger than the mailbox may be',
  }, // RFC 3463 §3.3
  authWrong: { code: 535, status: '5.7.8', text: 'Incorrect authentication data' }, // RFC 4954 §6
  authMalformed: { code: 501, status: '5.5.2', text: 'This is no message of the mechanism' }, // RFC 4954 §4
  authUnavailable: {
    code: 454,
    status: '4.7.0',
    text: 'Unable to authenticate at present, please try later',
  }, // RFC 4954 §6
  tooManyConnections: {
    code: 421,
    status: '4.7.0',
    text: 'Too many connections, please try later',
  }, // RFC 5321 §7.8
};

/** A message that will never fit is refused for good. */
export function quotaReply({ tooLarge }: QuotaError): Reply {
  return tooLarge ? SMTP_REPLIES.mailboxTooSmall : SMTP_REPLIES.mailboxFull;
}
