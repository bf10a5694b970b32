/** The parameters of MAIL and RCPT: one row each, so that an extension is a row more. RFC 5321 §4.1.1.11. */
import type { Envelope, EnvelopeRecipient } from '@postino/address';
import { decodeXtext } from './xtext.ts';

/** What MAIL says beside the sender; with `from` and `to` it makes an `Envelope`. */
export interface MailParams extends Omit<Envelope, 'from' | 'to'> {
  /** Octets, as the client reckons them. RFC 1870 §6. */
  readonly size?: number;
  /** Who first submitted the message, as far as the client vouches for it; empty for `<>`. RFC 4954 §5. */
  readonly auth?: string;
}

/** What RCPT says beside the recipient; with `address` it makes an `EnvelopeRecipient`. */
export interface RcptParams extends Omit<EnvelopeRecipient, 'address'> {}

/** Reads a parameter's value, null when none was given; gives the fields it stands for, or null when it is bad. */
type Row<Params> = (value: string | null) => Params | null;

const MAIL_ROWS: Readonly<Record<string, Row<MailParams>>> = {
  SIZE: readSize,
  BODY: readBody,
  SMTPUTF8: (value) => (value === null ? { smtpUtf8: true } : null), // RFC 6531 §3.4
  AUTH: readAuth,
};

/** No extension of RCPT is served yet. */
const RCPT_ROWS: Readonly<Record<string, Row<RcptParams>>> = {};

/** Which parameter is wrong, and whether it is unknown (555) or bad (501). */
export interface ParamFault {
  readonly fault: 'unknown' | 'bad';
  readonly param: string;
}

/** Parses what stands behind the path of MAIL. RFC 5321 §4.1.2. */
export function parseMailParams(text: string): MailParams | ParamFault {
  return text === '' ? {} : parseParams(text, MAIL_ROWS, {});
}

/** Parses what stands behind the path of RCPT. RFC 5321 §4.1.2. */
export function parseRcptParams(text: string): RcptParams | ParamFault {
  return text === '' ? {} : parseParams(text, RCPT_ROWS, {});
}

/** `esmtp-param`; a value may hold UTF-8 too. RFC 5321 §4.1.2, RFC 6531 §3.3. */
const PARAM = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\u{10ffff}]+))?$/u;

function parseParams<Params extends object>(
  text: string,
  rows: Readonly<Record<string, Row<Params>>>,
  params: Params,
): Params | ParamFault {
  const seen: string[] = [];
  for (const param of text.split(/[ \t]+/)) {
    const [, name, value] = PARAM.exec(param) ?? [];
    const keyword = name?.toUpperCase() ?? '';
    if (keyword === '' || seen.includes(keyword)) return { fault: 'bad', param };
    seen.push(keyword);
    if (!Object.hasOwn(rows, keyword)) return { fault: 'unknown', param };
    const fields = rows[keyword]!(value ?? null);
    if (!fields) return { fault: 'bad', param };
    Object.assign(params, fields);
  }
  return params;
}

/** `1*20DIGIT`. Past 2^53 a number is no longer exact, but no limit is that high. RFC 1870 §5. */
function readSize(value: string | null): MailParams | null {
  return value !== null && /^[0-9]{1,20}$/.test(value) ? { size: Number(value) } : null;
}

/** RFC 6152 §2. BINARYMIME is not offered. */
function readBody(value: string | null): MailParams | null {
  const body = value?.toUpperCase();
  return body === '7BIT' || body === '8BITMIME' ? { body } : null;
}

/** A mailbox in xtext, or `<>`. RFC 4954 §5. */
function readAuth(value: string | null): MailParams | null {
  if (value === '<>') return { auth: '' };
  const auth = value === null ? null : decodeXtext(value);
  return auth === null ? null : { auth };
}
