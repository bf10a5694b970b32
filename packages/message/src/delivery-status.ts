/**
 * The part of a report that programs read: `message/delivery-status`. RFC 3464 §2. What others wrote — addresses,
 * replies, names of hosts — is made harmless here.
 */
import { formatField } from './format-field.ts';
import { harmless } from './harmless.ts';

/** What became of a recipient. RFC 3464 §2.3.3. */
export type Action = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** A reply as it came, or our own. RFC 5321 §4.2. */
export interface ReportedReply {
  readonly code: number;
  readonly status?: string;
  readonly text: string | readonly string[];
}

/** A recipient, what became of it, and why. */
export interface ReportedRecipient {
  /** As the envelope had it when the message was accepted: `local@domain`, without angle brackets. */
  readonly address: string;
  /** What the sender gave as ORCPT: `addr-type;address`, xtext already decoded. RFC 3461 §4.2. */
  readonly orcpt?: string | undefined;
  readonly action: Action;
  /** The reply that decided it; must be given when a host was asked. RFC 3461 §6.3. */
  readonly reply?: ReportedReply | undefined;
  /** Left out: the reply's, or the general one of its class. RFC 3461 §6.3. */
  readonly status?: string | undefined;
  /** The host that gave the reply; left out where the reply is our own. RFC 3464 §2.3.5. */
  readonly remoteMta?: string | undefined;
  /** From `formatDate()`. */
  readonly lastAttempt?: string | undefined;
  /** From `formatDate()`; only for what is delayed. RFC 3464 §2.3.9. */
  readonly retryUntil?: string | undefined;
}

/** What a delivery status says of the message, and of each recipient. */
export interface DeliveryStatus {
  readonly reportingMta: string;
  /** What the sender gave as ENVID, xtext already decoded. RFC 3461 §4.4. */
  readonly envid?: string | undefined;
  /** From `formatDate()`. */
  readonly arrivalDate?: string | undefined;
  readonly recipients: readonly ReportedRecipient[];
}

const STATUS = /^[245]\.\d{1,3}\.\d{1,3}$/;
/** Printable ASCII but space, `+`, `=` and the backslash. RFC 6533 §3. */
const NO_QCHAR = /[^!-*,-<>-[\]-~]/gu;
const UNITEXT = /\\x\{([0-9a-f]{2,5}|10[0-9a-f]{4})\}/gi;

/** The fields of the message, then those of each recipient behind a blank line; past ASCII only with `utf8`. */
export function formatDeliveryStatus(status: DeliveryStatus, utf8 = false): string {
  const { reportingMta, envid, arrivalDate, recipients } = status;
  const ofMessage = fields([
    ['Original-Envelope-Id', envid && harmless(envid)],
    ['Reporting-MTA', `dns; ${harmless(reportingMta)}`],
    ['Arrival-Date', arrivalDate],
  ]);
  return [ofMessage, ...recipients.map((one) => recipientFields(one, utf8))].join('\r\n');
}

function recipientFields(recipient: ReportedRecipient, utf8: boolean): string {
  const { address, orcpt, action, reply, remoteMta, lastAttempt, retryUntil } = recipient;
  return fields([
    ['Original-Recipient', orcpt && harmless(originalRecipient(orcpt, utf8), { utf8 })],
    ['Final-Recipient', harmless(typedAddress(address, utf8), { utf8 })],
    ['Action', action],
    ['Status', statusOf(recipient)],
    ['Remote-MTA', remoteMta && `dns; ${harmless(remoteMta)}`],
    ['Diagnostic-Code', reply && `smtp; ${diagnosticCode(reply)}`],
    ['Last-Attempt-Date', lastAttempt],
    ['Will-Retry-Until', action === 'delayed' ? retryUntil : undefined],
  ]);
}

function fields(list: readonly (readonly [name: string, value: string | undefined])[]): string {
  return list.map(([name, value]) => (value ? formatField(name, value) : '')).join('');
}

/** A status that is none is a `TypeError` where we gave it, and not believed where another host did. RFC 3464 §2.3.4. */
function statusOf({ action, status, reply }: ReportedRecipient): string {
  if (status !== undefined) {
    if (!STATUS.test(status)) throw new TypeError(`not a status: ${JSON.stringify(status)}`);
    return status;
  }
  const kind = reply ? String(reply.code).charAt(0) : GENERAL[action];
  const said = reply?.status;
  if (said !== undefined && STATUS.test(said) && said.startsWith(kind)) return said;
  return `${kind}.0.0`;
}

/** The first digit of a status where no reply tells. RFC 3461 §6.3. */
const GENERAL: { readonly [action in Action]: string } = {
  failed: '5',
  delayed: '4',
  delivered: '2',
  relayed: '2',
  expanded: '2',
};

/**
 * A reply as it was on the wire, its lines in a row. RFC 3461 §9.2.
 *
 * Deviation: it is always ASCII, so that no host decides whether a report needs SMTPUTF8; RFC 6533 §4.1 would allow more.
 */
export function diagnosticCode({ code, status, text }: ReportedReply): string {
  const lines = [text].flat();
  const start = (index: number): string => `${code}${index < lines.length - 1 ? '-' : ' '}`;
  const line = (words: string, index: number): string =>
    `${start(index)}${status ? `${status} ` : ''}${words}`;
  return harmless(lines.map(line).join(' '));
}

/** With its type: `rfc822; a@b` or, past ASCII, `utf-8; a@b`. RFC 3464 §2.3.2, RFC 6533 §3. */
function typedAddress(address: string, utf8: boolean): string {
  if (isAscii(address)) return `rfc822; ${address}`;
  return `utf-8; ${utf8 ? address : escaped(address)}`;
}

/** As the sender gave it, but for the escapes of the type `utf-8`, which serve the paths that are ASCII. RFC 6533 §3, §4.1. */
function originalRecipient(orcpt: string, utf8: boolean): string {
  const [, type = '', address = ''] = /^(utf-8;)(.*)$/is.exec(orcpt) ?? [];
  if (!type) return orcpt;
  return type + (utf8 ? unescaped(address) : isAscii(address) ? address : escaped(address));
}

function escaped(address: string): string {
  return address.replace(NO_QCHAR, (one) => {
    const hex = one.codePointAt(0)!.toString(16).toUpperCase();
    return `\\x{${hex.padStart(2, '0')}}`;
  });
}

function unescaped(address: string): string {
  return address.replace(UNITEXT, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
