/**
 * The trace field that a receiving server puts on top. RFC 5321 §4.4, in the shape that Exim gives it.
 */
import { bracketed } from './bracketed.ts';
import { harmless } from './harmless.ts';

/** The client's end of the session. */
export interface ReceivedFrom {
  /** Its IP address, without brackets. */
  readonly address: string;
  /** Its host name, if one was verified: the address has this name, and the name has this address. */
  readonly name?: string | undefined;
  /** What it said in HELO, EHLO or LHLO. */
  readonly hello?: string | undefined;
}

export interface ReceivedOptions {
  /** Left out for a message that came in no session. */
  readonly from?: ReceivedFrom;
  /** Our host name. */
  readonly by: string;
  /** `smtp` is HELO, `esmtp` EHLO, `lmtp` LHLO; left out for a message that came in no session. */
  readonly protocol?: 'smtp' | 'esmtp' | 'lmtp';
  /** As OpenSSL writes them: `TLSv1.3`, and the cipher's IANA name. */
  readonly tls?: { readonly protocol: string; readonly cipher: string } | null;
  /** Whether the client had logged in. */
  readonly authenticated?: boolean;
  /** Whether the message was sent with SMTPUTF8; if not, all past ASCII becomes `?`. RFC 6531 §3.7.3. */
  readonly smtputf8?: boolean | undefined;
  /** With its angle brackets; `<>` leaves the clause out. */
  readonly reversePath: string;
  readonly id: string;
  /** Only when the message has one recipient, because one must not learn of the others. RFC 5321 §7.2. */
  readonly for?: string | undefined;
  /** From `formatDate()`. */
  readonly date: string;
}

/** Octets of a domain. RFC 5321 §4.5.3.1.2. */
const MAX_DOMAIN = 255;
/** Octets of a local part, `@` and a domain. RFC 5321 §4.5.3.1.1, §4.5.3.1.2. */
const MAX_ADDRESS = 64 + 1 + MAX_DOMAIN;

/**
 * `Received: …` with its CRLF, folded as Exim folds it. Whatever the client said is made harmless, and no line is over
 * 998 octets. A reverse-path without angle brackets is a `TypeError`.
 *
 * Deviation: clauses stand in Exim's order, with TLS before `id`, where RFC 5321 §4.4 puts additional clauses last.
 */
export function received(options: ReceivedOptions): string {
  const { from, reversePath, id, for: recipient, date, smtputf8: utf8 = false } = options;
  const sender = harmless(bracketed(reversePath), { max: MAX_ADDRESS + 2, utf8 });
  const lines = [
    ...(from ? [`from ${client(from, utf8)}`] : []),
    ...by(options),
    ...(sender === '<>' ? [] : [`(envelope-from ${comment(sender)})`]),
    `id ${id}`,
    ...(recipient ? [`for ${harmless(recipient, { max: MAX_ADDRESS, utf8 })}`] : []),
  ];
  return `Received: ${lines.join('\r\n\t')};\r\n\t${date}\r\n`;
}

/** With TLS there are two spaces before its version, and our name goes on a line of its own. */
function by(options: ReceivedOptions): string[] {
  const { by: host, protocol, tls, smtputf8: utf8 = false } = options;
  const clause = `by ${domain(host, utf8)}${protocol ? ` with ${protocolWord(options)}` : ''}`;
  if (!tls) return [`${clause} (Postino)`];
  return [`${clause}  (${tls.protocol.replace(/^TLSv/, 'TLS')}) tls ${tls.cipher}`, '(Postino)'];
}

/**
 * The word after `with`: `esmtpsa` is ESMTP with TLS and a login. RFC 3848 §1, RFC 6531 §4.3.
 *
 * Deviation: `smtps`, HELO with TLS, is Exim's word and not registered; so is its lower case.
 */
function protocolWord({ protocol, tls, authenticated, smtputf8 }: ReceivedOptions): string {
  const base = smtputf8 ? (protocol === 'lmtp' ? 'utf8lmtp' : 'utf8smtp') : protocol;
  return `${base}${tls ? 's' : ''}${authenticated ? 'a' : ''}`;
}

/** A name that was not verified, or that is none, is not shown as the client's: it stands as what it said. */
function client({ address, name, hello }: ReceivedFrom, utf8: boolean): string {
  const literal = addressLiteral(harmless(address, { max: MAX_DOMAIN }));
  const verified = name !== undefined && isHostName(name) ? name : null;
  const silent =
    hello === undefined || sameHost(hello, verified) || sameHost(literalText(hello), address);
  const said = silent ? '' : `helo=${comment(domain(hello, utf8))}`;
  if (verified) return `${verified} (${literal}${said && ` ${said}`})`;
  return said ? `${literal} (${said})` : literal;
}

/**
 * `[192.0.2.7]` or `[IPv6:2001:db8::1]`. RFC 5321 §4.1.3.
 *
 * Deviation: Exim leaves the tag of IPv6 out, and so has no address literal.
 */
function addressLiteral(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

/** The address that a literal holds; other text is not changed. */
function literalText(hello: string): string {
  return hello.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1');
}

function sameHost(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** Letters, digits, hyphens and underscores between dots, as Exim takes a name from the reverse zone. */
function isHostName(name: string): boolean {
  return name.length <= MAX_DOMAIN && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(name);
}

function domain(text: string, utf8: boolean): string {
  return harmless(text, { max: MAX_DOMAIN, utf8 }).replaceAll(' ', '?');
}

/** Text within a comment: what would end it or open another is quoted. RFC 5322 §3.2.2. */
function comment(text: string): string {
  return text.replace(/[()\\]/g, '\\$&');
}
