/** What a server offers in its answer to EHLO. RFC 5321 §4.1.1.1. */
import type { Reply } from '@postino/wire';

export interface Extensions {
  /** EHLO or LHLO was understood; with HELO there are none. */
  readonly extended: boolean;
  /** RFC 2920 §2. */
  readonly pipelining: boolean;
  /** RFC 6152 §2. */
  readonly eightBitMime: boolean;
  /** RFC 3030 §2. */
  readonly chunking: boolean;
  /** RFC 3030 §3. */
  readonly binaryMime: boolean;
  /** RFC 6531 §3.1. */
  readonly smtpUtf8: boolean;
  /** RFC 3461 §3. */
  readonly dsn: boolean;
  /** RFC 8689 §2. */
  readonly requireTls: boolean;
  /** RFC 3207 §2. */
  readonly startTls: boolean;
  /** Whether SIZE may be declared. RFC 1870 §4. */
  readonly size: boolean;
  /** The most octets of a message; null when none is named. RFC 1870 §4. */
  readonly maxMessageSize: number | null;
  /** The most messages of a connection, recipients of a message, and domains of recipients of a connection. RFC 9422. */
  readonly maxMessages: number | null;
  readonly maxRecipients: number | null;
  readonly maxRecipientDomains: number | null;
  /** What AUTH may use, in capitals. RFC 4954 §3. */
  readonly mechanisms: readonly string[];
  /** All that was listed: each keyword in capitals with its parameters as they were sent. */
  readonly keywords: ReadonlyMap<string, string>;
}

/** The extensions of a server that knows HELO alone. */
export const NO_EXTENSIONS: Extensions = { ...fromKeywords(new Map()), extended: false };

/** Reads the reply to EHLO: a keyword in each line behind the first. A line that has none is passed over. RFC 5321 §4.1.1.1. */
export function parseExtensions(reply: Reply): Extensions {
  const [, ...lines] = [reply.text].flat();
  const keywords = new Map<string, string>();
  for (const line of lines) {
    const [, keyword, params] = LINE.exec(line) ?? [];
    if (keyword !== undefined) keywords.set(keyword.toUpperCase(), params ?? '');
  }
  return fromKeywords(keywords);
}

/** `ehlo-keyword`, and all behind it; `=` stands for the space in the `AUTH=LOGIN` of old servers. RFC 5321 §4.1.1.1. */
const LINE = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =](.*))?$/;

function fromKeywords(keywords: ReadonlyMap<string, string>): Extensions {
  return {
    extended: true,
    pipelining: keywords.has('PIPELINING'),
    eightBitMime: keywords.has('8BITMIME'),
    chunking: keywords.has('CHUNKING'),
    binaryMime: keywords.has('BINARYMIME'),
    smtpUtf8: keywords.has('SMTPUTF8'),
    dsn: keywords.has('DSN'),
    requireTls: keywords.has('REQUIRETLS'),
    startTls: keywords.has('STARTTLS'),
    size: keywords.has('SIZE'),
    maxMessageSize: readSize(keywords.get('SIZE')),
    maxMessages: readLimit(keywords, 'MAILMAX'),
    maxRecipients: readLimit(keywords, 'RCPTMAX'),
    maxRecipientDomains: readLimit(keywords, 'RCPTDOMAINMAX'),
    mechanisms: words(keywords.get('AUTH')),
    keywords,
  };
}

/** `1*20DIGIT`; 0 means that no limit is in force. RFC 1870 §4. */
function readSize(text: string | undefined): number | null {
  const size = text !== undefined && /^[0-9]{1,20}$/.test(text) ? Number(text) : 0;
  return size > 0 ? size : null;
}

/** Six digits, the first of which is no zero; what is not understood is passed over. RFC 9422 §3. */
function readLimit(keywords: ReadonlyMap<string, string>, name: string): number | null {
  const said = words(keywords.get('LIMITS')).find((word) => word.startsWith(`${name}=`));
  const [, digits] = /=([1-9][0-9]{0,5})$/.exec(said ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}

function words(text: string | undefined): string[] {
  return (text ?? '')
    .toUpperCase()
    .split(' ')
    .filter((word) => word !== '');
}
