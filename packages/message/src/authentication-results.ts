/**
 * Authentication-Results: what a server found out about the sender of a message, for those who read it. RFC 8601.
 */
import { fold } from './format-field.ts';
import { harmless } from './harmless.ts';

/** What one method came to. RFC 8601 §2.2. */
export interface AuthenticationResult {
  /** A keyword such as `spf`, in lower case. */
  readonly method: string;
  /** Of the method; 1 where it is not given. */
  readonly version?: number;
  /** A keyword such as `pass`, in lower case. */
  readonly result: string;
  /** Why, for people. */
  readonly reason?: string;
  /** What was evaluated, by `ptype.property`: `{ 'smtp.mailfrom': 'example.org' }`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The whole field. */
export interface AuthenticationResults {
  /** Whose results they are: a name that only one set of servers uses. RFC 8601 §2.5. */
  readonly authservId: string;
  /** Empty when nothing was tried, which the field says as `none`. */
  readonly results: readonly AuthenticationResult[];
}

export interface FormatAuthenticationResultsOptions extends AuthenticationResults {
  /** Whether the message was sent with SMTPUTF8; if not, all past ASCII becomes `?`. RFC 6532 §3.2. */
  readonly smtputf8?: boolean | undefined;
}

/** Octets of a value; it is cut behind them: a mailbox at its longest. RFC 5321 §4.5.3.1.1, §4.5.3.1.2. */
const MAX_VALUE = 64 + 1 + 255;

/** `Keyword`. RFC 8601 §2.2, RFC 5321 §4.1.2. */
const KEYWORD = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
/** `token` as RFC 2045 §5.1 has it, and all past ASCII, RFC 6532 §3.2. */
const TOKEN = /^[^\s()<>@,;:\\"/[\]?=]+$/;
/** `Dot-string`, with all past ASCII. RFC 5321 §4.1.2, RFC 6531 §3.3. */
const DOT_STRING = String.raw`[\w!#$%&'*+/=?^{|}~\x60\x80-\uffff-]+(?:\.[\w!#$%&'*+/=?^{|}~\x60\x80-\uffff-]+)*`;
/** `[ [ local-part ] "@" ] domain-name`: an address stands as it is. RFC 8601 §2.2. */
const ADDRESS = new RegExp(
  String.raw`^(?:"(?:[^"\\]|\\.)*"|${DOT_STRING})?@[\w\x80-\uffff-]+(?:\.[\w\x80-\uffff-]+)*$`,
);
/** What needs no quotes: where a `value` stands, and where a `pvalue`, which may be an address. RFC 8601 §2.2. */
const VALUE = [TOKEN];
const PVALUE = [TOKEN, ADDRESS];

/**
 * `Authentication-Results: …` with its CRLF, folded, every result on a line of its own. Values are others' text and are
 * made harmless. A method, result or property that is no keyword is a `TypeError`. RFC 8601 §2.2.
 */
export function formatAuthenticationResults(options: FormatAuthenticationResultsOptions): string {
  const { authservId, results, smtputf8 = false } = options;
  const write = (text: string, plain: readonly RegExp[]): string =>
    formatValue(text, plain, smtputf8);
  const lines = results.map((result) => `\t${formatResult(result, write)}`);
  const stated = lines.length > 0 ? lines : ['\tnone'];
  const all = [`Authentication-Results: ${write(authservId, VALUE)}`, ...stated];
  return `${all.map(fold).join(';\r\n')}\r\n`;
}

function formatResult(
  { method, version, result, reason, properties = {} }: AuthenticationResult,
  write: (text: string, plain: readonly RegExp[]) => string,
): string {
  const name = version === undefined ? keyword(method) : `${keyword(method)}/${version}`;
  return [
    `${name}=${keyword(result)}`,
    ...(reason === undefined ? [] : [`reason=${write(reason, VALUE)}`]),
    ...Object.entries(properties).map(
      ([key, text]) => `${propertyName(key)}=${write(text, PVALUE)}`,
    ),
  ].join(' ');
}

function propertyName(key: string): string {
  const [type = '', property = '', ...more] = key.split('.');
  if (more.length > 0) throw new TypeError(`not a property: ${JSON.stringify(key)}`);
  return `${keyword(type)}.${keyword(property)}`;
}

function keyword(text: string): string {
  if (!KEYWORD.test(text)) throw new TypeError(`not a keyword: ${JSON.stringify(text)}`);
  return text;
}

/** What is plain as it is, all else as a quoted string. RFC 8601 §2.2. */
function formatValue(text: string, plain: readonly RegExp[], utf8: boolean): string {
  const value = harmless(text, { max: MAX_VALUE, utf8 });
  if (plain.some((form) => form.test(value))) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
