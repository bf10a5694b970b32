/** The parameters of MAIL and RCPT: one row each, so that an extension is a row more. RFC 5321 §4.1.1.11. */
import type { Envelope, EnvelopeRecipient } from '@postino/address';
import type { ParamCheck, ServedExtension } from './served-extension.ts';
import { oneOf, readEnvid, readNotify, readOrcpt, readPrintable, readRet } from './dsn-params.ts';

/** Parameters of extensions that the application serves by itself; `true` where one has no value. */
type Extra = Readonly<Record<string, string | true>>;

/** What MAIL says beside the sender; with `from` and `to` it makes an `Envelope`. */
export interface MailParams extends Omit<Envelope, 'from' | 'to'> {
  /** By keyword, in capitals. */
  readonly extra?: Extra;
  /** Octets, as the client reckons them. RFC 1870 §6. */
  readonly size?: number;
  /** Who first submitted the message, as far as the client vouches for it; empty for `<>`. RFC 4954 §5. */
  readonly auth?: string;
}

/** What RCPT says beside the recipient; with `address` it makes an `EnvelopeRecipient`. */
export interface RcptParams extends Omit<EnvelopeRecipient, 'address'> {
  /** By keyword, in capitals. */
  readonly extra?: Extra;
}

/** The extensions that have parameters and are not always served; each default is false. */
export interface ParamOptions {
  /** RET, ENVID, NOTIFY and ORCPT. RFC 3461 §4. */
  readonly dsn?: boolean;
  /** BODY=BINARYMIME. RFC 3030 §3. */
  readonly binaryMime?: boolean;
  /** REQUIRETLS. RFC 8689 §2. */
  readonly requireTls?: boolean;
  /** Those that the application serves by itself; default none. */
  readonly extensions?: readonly ServedExtension[];
}

/** A parameter: the field that it becomes, and how its value is read, null when it is bad. `flag`: it has none. */
type Row<Params> = {
  [Field in keyof Params]-?: {
    readonly field: Field;
    readonly read: ((value: string) => NonNullable<Params[Field]> | null) | 'flag';
    /** The extension that brings it, where it is not always served. */
    readonly by?: 'dsn' | 'requireTls';
  };
}[keyof Params];

type Rows<Params> = Readonly<Record<string, Row<Params>>>;

const MAIL_ROWS: Rows<Omit<MailParams, 'extra'>> = {
  SIZE: { field: 'size', read: readSize },
  BODY: { field: 'body', read: readBody },
  SMTPUTF8: { field: 'smtpUtf8', read: 'flag' }, // RFC 6531 §3.4
  AUTH: { field: 'auth', read: readAuth },
  RET: { field: 'ret', read: readRet, by: 'dsn' },
  ENVID: { field: 'envid', read: readEnvid, by: 'dsn' },
  REQUIRETLS: { field: 'requireTls', read: 'flag', by: 'requireTls' },
};

const RCPT_ROWS: Rows<Omit<RcptParams, 'extra'>> = {
  NOTIFY: { field: 'notify', read: readNotify, by: 'dsn' },
  ORCPT: { field: 'orcpt', read: readOrcpt, by: 'dsn' },
};

/** Which parameter is wrong, and whether it is unknown (555) or bad (501). */
export interface ParamFault {
  readonly fault: 'unknown' | 'bad';
  readonly param: string;
}

/** Parses what stands behind the path of MAIL. RFC 5321 §4.1.2. */
export function parseMailParams(text: string, options: ParamOptions = {}): MailParams | ParamFault {
  return text === '' ? {} : parseParams(text, MAIL_ROWS, { side: 'mail', options });
}

/** Parses what stands behind the path of RCPT. RFC 5321 §4.1.2. */
export function parseRcptParams(text: string, options: ParamOptions = {}): RcptParams | ParamFault {
  return text === '' ? {} : parseParams(text, RCPT_ROWS, { side: 'rcpt', options });
}

/** `esmtp-param`; a value may hold UTF-8 too. RFC 5321 §4.1.2, RFC 6531 §3.3. */
const PARAM = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\u{10ffff}]+))?$/u;

function parseParams<Params extends object>(
  text: string,
  rows: Rows<Params>,
  { side, options }: { readonly side: 'mail' | 'rcpt'; readonly options: ParamOptions },
): Partial<Params> | ParamFault {
  const seen: string[] = [];
  const params: Partial<Params> & { extra?: Extra } = {};
  for (const param of text.split(/[ \t]+/)) {
    const [, name, value] = PARAM.exec(param) ?? [];
    const keyword = name?.toUpperCase() ?? '';
    if (keyword === '' || seen.includes(keyword)) return { fault: 'bad', param };
    seen.push(keyword);
    const row = Object.hasOwn(rows, keyword) ? rows[keyword]! : null;
    if (row && (!row.by || options[row.by])) {
      const got =
        row.read === 'flag' ? (value === undefined ? true : null) : readValue(value, row.read);
      if (got === null || (got === 'BINARYMIME' && !options.binaryMime))
        return { fault: 'bad', param };
      Object.assign(params, { [row.field]: got });
    } else {
      const check = extraCheck(keyword, side, options);
      if (!check) return { fault: 'unknown', param };
      if (!check(value ?? true)) return { fault: 'bad', param };
      params.extra = { ...params.extra, [keyword]: value ?? true };
    }
  }
  return params;
}

/** The check of a parameter that an extension of the application brings. */
function extraCheck(
  keyword: string,
  side: 'mail' | 'rcpt',
  { extensions = [] }: ParamOptions,
): ParamCheck | undefined {
  const checks = extensions.find((each) => Object.hasOwn(each[side] ?? {}, keyword))?.[side];
  return checks?.[keyword];
}

/** A value must be there. RFC 5321 §4.1.2. */
function readValue<Value>(
  value: string | undefined,
  read: (value: string) => Value | null,
): Value | null {
  return value === undefined ? null : read(value);
}

/** `1*20DIGIT`. Past 2^53 a number is no longer exact, but no limit is that high. RFC 1870 §5. */
function readSize(value: string): number | null {
  return /^[0-9]{1,20}$/.test(value) ? Number(value) : null;
}

/** RFC 6152 §2, RFC 3030 §3. */
function readBody(value: string): (MailParams['body'] & string) | null {
  return oneOf(['7BIT', '8BITMIME', 'BINARYMIME'], value);
}

/** A mailbox in xtext, or `<>`. RFC 4954 §5. */
function readAuth(value: string): string | null {
  return value === '<>' ? '' : readPrintable(value);
}
