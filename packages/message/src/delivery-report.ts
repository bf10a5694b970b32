/**
 * A delivery status notification: a `multipart/report` of a text for people, one for programs, and the message or its
 * header. RFC 3464 §2, RFC 6522 §3. Written by hand: the MIME builders there are know neither `multipart/report` nor
 * content that flows.
 */
import { bracketed } from './bracketed.ts';
import { formatDeliveryStatus, type DeliveryStatus } from './delivery-status.ts';
import { formatField } from './format-field.ts';
import { harmless } from './harmless.ts';
import type { HeaderBlock } from './header-block.ts';
import { readHeader } from './read-header.ts';
import { reportSubject, reportText } from './report-text.ts';
import { encodeUtf8 } from './utf8.ts';

/** Octets of a message that goes back whole; of a larger one only the header does. Exim's `bounce_return_size_limit`. */
export const MAX_RETURNED_SIZE = 102_400;

/** The message that is reported on. */
export interface ReportedMessage {
  /** Octets of the whole message. */
  readonly size: number;
  /** Its octets from the start, with CRLF; asked for again where all of it goes back. */
  read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** What of the message's envelope a report follows; an `Envelope` of `@postino/address` is one. */
export interface ReportedEnvelope {
  readonly body?: '7BIT' | '8BITMIME' | 'BINARYMIME' | undefined;
  readonly smtpUtf8?: boolean | undefined;
  /** RFC 3461 §4.3. */
  readonly ret?: 'FULL' | 'HDRS' | undefined;
  /** Decoded from xtext. RFC 3461 §4.4. */
  readonly envid?: string | undefined;
}

export interface DeliveryReportOptions extends Omit<DeliveryStatus, 'envid'> {
  /** Who is to be asked, as a header field has it: `Mail Delivery System <postmaster@example.org>`. RFC 3464 §2. */
  readonly from: string;
  /** Where the report goes, with its angle brackets; `<>` is a `TypeError`: nobody may be told. RFC 3461 §5.2. */
  readonly reversePath: string;
  /** With its angle brackets. */
  readonly messageId: string;
  /** From `formatDate()`. */
  readonly date: string;
  /** What no line of the message begins with: draw it at random. Letters, digits and `'()+_,-./:=?`, at most 70. RFC 2046 §5.1.1. */
  readonly boundary: string;
  readonly envelope: ReportedEnvelope;
  readonly message: ReportedMessage;
  /** `MAX_RETURNED_SIZE` unless given. */
  readonly maxReturnedSize?: number;
}

/** A report, and what its envelope must say. Send it from `<>`, with NOTIFY=NEVER or none, without RET. RFC 3461 §6.1. */
export interface DeliveryReport {
  readonly body: '7BIT' | '8BITMIME';
  /** Whether it needs SMTPUTF8: only when the message did, and something past ASCII stands in the report. */
  readonly smtpUtf8: boolean;
  /** The octets, once. Rejects when the message cannot be read. */
  readonly content: AsyncIterable<Uint8Array>;
}

const EIGHT_BIT = formatField('Content-Transfer-Encoding', '8bit');
/** RFC 3464 §2.1, RFC 6522 §4, RFC 2046 §5.2.1; internationalized, RFC 6533 §4. */
const TYPES = {
  ascii: {
    text: 'text/plain; charset=us-ascii',
    status: 'message/delivery-status',
    message: 'message/rfc822',
    header: 'text/rfc822-headers',
  },
  utf8: {
    text: 'text/plain; charset=utf-8',
    status: 'message/global-delivery-status',
    message: 'message/global',
    header: 'message/global-headers',
  },
} as const;

/**
 * Writes a report. The whole message goes back only where something failed, RET is not HDRS and the message is not too
 * large; else its header does, as much of it as `maxReturnedSize` lets. Bad options throw at once; it rejects when the
 * message cannot be read.
 */
// Not done: quoted-printable for a return path that is not 8-bit clean (RFC 6522 §3, RFC 6533 §4.5).
export function deliveryReport(options: DeliveryReportOptions): Promise<DeliveryReport> {
  if (bracketed(options.reversePath) === '<>')
    throw new TypeError('there is nobody to report to: the reverse-path is null');
  if (options.recipients.length === 0) throw new TypeError('a report is about a recipient');
  if (!/^[\w'()+,\-./:=?]{1,70}$/.test(options.boundary))
    throw new TypeError(`not a boundary: ${JSON.stringify(options.boundary)}`);
  return write(options);
}

async function write(options: DeliveryReportOptions): Promise<DeliveryReport> {
  const { message, boundary, maxReturnedSize: maxSize = MAX_RETURNED_SIZE } = options;
  const header = await readHeader(message.read(), { maxSize });
  const form = formOf(options, header);
  const head = reportHeader(options, form) + parts(options, form).join('');
  const returned = form.returned === 'message' ? message.read() : header.fields;
  return {
    body: form.eightBit ? '8BITMIME' : '7BIT',
    smtpUtf8: form.utf8,
    content: flow(encodeUtf8(head), returned, encodeUtf8(`\r\n--${boundary}--\r\n`)),
  };
}

/** What follows from the message and its envelope for the whole report. */
interface Form {
  readonly status: DeliveryStatus;
  readonly returned: 'message' | 'header';
  readonly utf8: boolean;
  /** Whether what goes back holds octets past ASCII. */
  readonly returned8Bit: boolean;
  readonly eightBit: boolean;
}

function formOf(options: DeliveryReportOptions, header: HeaderBlock): Form {
  const { envelope, reversePath } = options;
  const status = { ...options, envid: envelope.envid };
  const returned = returnsWhole(options) ? 'message' : 'header';
  const header8Bit = header.fields.some((field) => field.some((octet) => octet > 0x7f));
  const words = reversePath + formatDeliveryStatus(status, true);
  const utf8 = envelope.smtpUtf8 === true && (header8Bit || /\P{ASCII}/u.test(words));
  // A client that gave no BODY claims 7 bits.
  const body8Bit = returned === 'message' && (envelope.body ?? '7BIT') !== '7BIT';
  const returned8Bit = header8Bit || body8Bit;
  return { status, returned, utf8, returned8Bit, eightBit: utf8 || returned8Bit };
}

/** RFC 3461 §4.3, §6.2; where RET was not given, RFC 6522 §3 asks for all of it. */
function returnsWhole(options: DeliveryReportOptions): boolean {
  const { envelope, message, recipients, maxReturnedSize = MAX_RETURNED_SIZE } = options;
  const failed = recipients.some(({ action }) => action === 'failed');
  return failed && envelope.ret !== 'HDRS' && message.size <= maxReturnedSize;
}

function reportHeader(options: DeliveryReportOptions, { utf8, eightBit }: Form): string {
  const { from, reversePath, date, messageId, recipients, boundary } = options;
  const type = `multipart/report; report-type=delivery-status; boundary="${boundary}"`;
  return [
    formatField('From', from),
    formatField('To', harmless(reversePath, { utf8 })),
    formatField('Date', date),
    formatField('Message-ID', messageId),
    formatField('Subject', reportSubject(recipients)),
    formatField('Auto-Submitted', 'auto-replied'), // RFC 3834 §5
    formatField('MIME-Version', '1.0'),
    formatField('Content-Type', type),
    // A part of 8 bits makes the whole one of 8 bits. RFC 2045 §6.4
    eightBit ? EIGHT_BIT : '',
  ].join('');
}

/** The three parts, the last one without what goes back. */
function parts({ boundary }: DeliveryReportOptions, form: Form): string[] {
  const { status, utf8, returned, returned8Bit } = form;
  const types = TYPES[utf8 ? 'utf8' : 'ascii'];
  const part = (type: string, eightBit: boolean, content = ''): string =>
    `\r\n--${boundary}\r\n${formatField('Content-Type', type)}${eightBit ? EIGHT_BIT : ''}\r\n${content}`;
  return [
    part(types.text, utf8, reportText(status, { returned, utf8 })),
    part(types.status, utf8, formatDeliveryStatus(status, utf8)),
    part(types[returned], returned8Bit),
  ];
}

async function* flow(
  head: Uint8Array,
  returned: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  end: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  yield* returned;
  yield end;
}
