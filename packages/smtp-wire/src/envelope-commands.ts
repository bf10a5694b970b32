/**
 * An envelope as the commands MAIL and RCPT, each a line with its CRLF. A parameter is sent only where the server
 * offers its extension; whether the message may go without it is decided in `obstacles.ts`. RFC 5321 §4.1.1.2, §4.1.1.3.
 * What cannot be written is our own fault and a `TypeError`: nothing that holds CR, LF or NUL leaves here.
 */
import {
  domainToAscii,
  formatPath,
  isNullPath,
  type Envelope,
  type EnvelopeRecipient,
  type Path,
} from '@postino/address';
import type { ContentFacts } from './connection-types.ts';
import { formatEnvid, formatNotify, formatOrcpt } from './dsn-params.ts';
import type { Extensions } from './extensions.ts';

/** MAIL with all its parameters. RFC 1870 §6, RFC 6152 §2, RFC 6531 §3.4, RFC 8689 §2, RFC 3461 §4.3, §4.4. */
export function mailLine(envelope: Envelope, facts: ContentFacts, server: Extensions): string {
  const utf8 = server.smtpUtf8 && needsSmtpUtf8(envelope);
  const { requireTls, ret, envid } = envelope;
  const size = facts.size === undefined ? '' : `SIZE=${octets(facts.size)}`;
  const isBinary = envelope.body === 'BINARYMIME';
  const body = facts.eightBit && !isBinary ? '8BITMIME' : envelope.body;
  const bodyParam = body && `BODY=${oneOf(['7BIT', '8BITMIME', 'BINARYMIME'], body)}`;
  const retParam = ret && `RET=${oneOf(['FULL', 'HDRS'], ret)}`;
  const envidParam = envid && `ENVID=${formatEnvid(envid)}`;
  return commandLine(`MAIL FROM:${pathText(envelope.from, utf8)}`, [
    server.size && size,
    (isBinary ? server.binaryMime : server.eightBitMime) && bodyParam,
    utf8 && 'SMTPUTF8',
    requireTls === true && 'REQUIRETLS',
    server.dsn && retParam,
    server.dsn && envidParam,
  ]);
}

/** RCPT with all its parameters; `smtpUtf8`: MAIL has that parameter. RFC 3461 §4.1, §4.2. */
export function rcptLine(
  { address, notify, orcpt }: EnvelopeRecipient,
  server: Extensions,
  smtpUtf8: boolean,
): string {
  if (isNullPath(address)) throw new TypeError('the null path is no recipient');
  const notifyParam = notify && `NOTIFY=${formatNotify(notify)}`;
  const orcptParam = orcpt && `ORCPT=${formatOrcpt(orcpt, smtpUtf8)}`;
  return commandLine(`RCPT TO:${pathText(address, smtpUtf8)}`, [
    server.dsn && notifyParam,
    server.dsn && orcptParam,
  ]);
}

/** Whether the message, or a local part of its envelope, asks for SMTPUTF8. A domain alone can be written in ASCII. RFC 6531 §3.4. */
export function needsSmtpUtf8(envelope: Envelope): boolean {
  return (
    envelope.smtpUtf8 === true ||
    hasUtf8LocalPart(envelope.from) ||
    envelope.to.some(({ address }) => hasUtf8LocalPart(address))
  );
}

/** Whether an address cannot be written in ASCII. RFC 6531 §3.2. */
export function hasUtf8LocalPart({ localPart }: Path): boolean {
  return !isAscii(localPart);
}

/** A line out of a command and those of its parameters that are there: the last look before the wire. */
export function commandLine(
  command: string,
  params: readonly (string | false | undefined)[] = [],
): string {
  const text = [command, ...params.filter(Boolean)].join(' ');
  // eslint-disable-next-line no-control-regex -- these are what may not pass
  if (/[\0\r\n]/.test(text)) throw new TypeError('a command cannot hold CR, LF or NUL');
  return `${text}\r\n`;
}

/** Domains go in ASCII to a server that does not know SMTPUTF8. RFC 6531 §3.2. */
function pathText(path: Path, utf8: boolean): string {
  const ascii = utf8 || isAscii(path.domain) ? null : domainToAscii(path.domain);
  return formatPath(ascii === null ? path : { ...path, domain: ascii });
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the range is what ASCII is
  return /^[\0-\x7f]*$/.test(text);
}

/** RFC 1870 §6. */
function octets(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError('size is no number of octets');
  return size;
}

function oneOf(allowed: readonly string[], value: string): string {
  if (!allowed.includes(value)) throw new TypeError(`one of ${allowed.join(', ')} belongs here`);
  return value;
}
