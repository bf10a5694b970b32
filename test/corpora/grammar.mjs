/** The SMTP grammar, as the runners ask for it. */
import * as address from '@postino/address';
import * as smtp from '@postino/smtp-wire';
import { decodeUtf8, LineReader } from '@postino/wire';

/** All that is served by option. */
const EXTENSIONS = { dsn: true, chunking: true, binaryMime: true, requireTls: true };

export function parseSmtpCommand(line) {
  const protocol = /^lhlo\b/i.test(line) ? 'lmtp' : 'smtp';
  const command = smtp.parseCommand(line, { ...EXTENSIONS, protocol });
  if ('fault' in command) return null;
  const { verb, name: host, from, to, params } = command;
  const path = from ?? to;
  // A runner wants the address as text; a quoted local part shows its content.
  const text =
    path &&
    (address.isNullPath(path) ? '' : `${path.localPart}${path.domain && `@${path.domain}`}`);
  return { verb, host, address: text, size: params?.size, params };
}

export function smtpCommandLine(octets) {
  const lines = new LineReader(smtp.DEFAULT_LIMITS.commandLine);
  lines.push(octets);
  const line = lines.next();
  if (!line || line.fault) return null;
  const text = decodeUtf8(line.bytes);
  return text === null ? null : parseSmtpCommand(text);
}

export function parseSmtpReply(text) {
  const reply = smtp.parseReply(text);
  return reply && { code: reply.code, enhanced: reply.status, lines: [reply.text].flat() };
}
