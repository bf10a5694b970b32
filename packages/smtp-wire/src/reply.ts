/** Replies as bytes and back. RFC 5321 §4.2, RFC 2034 §4. */
import { asciiBytes, type Reply, type Status } from '@postino/wire';

/** Octets of a reply line, code and CRLF counted. RFC 5321 §4.5.3.1.5. */
const REPLY_LINE = 512;

/**
 * A reply as it stands on the wire, CRLF included. Text that a reply cannot hold, such as controls or non-ASCII, becomes
 * `?`, so that no text can forge a line; a line that is too long becomes several. RFC 5321 §4.2.1, §4.5.3.1.5.
 */
export function formatReply(reply: Reply): string {
  const prefix = reply.status === undefined ? '' : `${reply.status} `;
  const room = REPLY_LINE - '250 \r\n'.length - prefix.length;
  const lines = [reply.text].flat().flatMap((line) => cut(line.replaceAll(/[^\t -~]/g, '?'), room));
  const last = lines.length - 1;
  return lines
    .map((line, i) => `${reply.code}${i < last ? '-' : ' '}${prefix}${line}\r\n`)
    .join('');
}

/** The first digit: 2 done, 3 go on, 4 not now, 5 no. RFC 5321 §4.2.1. */
export function replyClass(reply: Reply): number {
  return Math.floor(reply.code / 100);
}

/** The status of a reply that names none: 2xx, 4xx and 5xx must have one. RFC 2034 §4. */
const CLASS_STATUS: Readonly<Record<number, Status>> = { 2: '2.0.0', 4: '4.0.0', 5: '5.0.0' };

/** The reply with the status of its class where it has none. RFC 2034 §4. */
export function withStatus(reply: Reply): Reply {
  const status = reply.status ?? CLASS_STATUS[replyClass(reply)];
  return status === undefined ? reply : { ...reply, status };
}

/** The reply as it answers a connection or EHLO. RFC 2034 §4. */
export function withoutStatus({ code, text }: Reply): Reply {
  return { code, text };
}

/** Throws a `TypeError` where an application's reply is of no class from `first` to `last`. RFC 5321 §4.2.1. */
export function checkReply(reply: Reply, first: number, last: number): void {
  const digit = replyClass(reply);
  if (!Number.isInteger(reply.code) || !(digit >= first && digit <= last)) {
    throw new TypeError(`a reply of class ${first} to ${last} answers here, not ${reply.code}`);
  }
  if (reply.status !== undefined && !reply.status.startsWith(`${digit}.`)) {
    throw new TypeError(`status ${reply.status} does not agree with reply code ${reply.code}`);
  }
}

/** A reply as bytes. */
export function encodeReply(reply: Reply): Uint8Array {
  return asciiBytes(formatReply(reply));
}

/**
 * Parses one whole reply, its line ends included; null when it is none. The text comes as one string when it is one
 * line. RFC 5321 §4.2, §4.2.1.
 */
export function parseReply(text: string): Reply | null {
  const lines = text.split(/\r?\n/);
  if (lines.pop() !== '' || lines.length === 0) return null;
  const code = lines[0]!.slice(0, 3);
  // Deviation: any second digit will do, since servers do say 571 and a client goes by the first. RFC 5321 §4.2.
  if (!/^[2-5][0-9][0-9]$/.test(code)) return null;
  const last = lines.length - 1;
  // Without a text the space may be missing, and with it only the last line lacks the hyphen.
  const sound = lines.every(
    (line, i) => line.startsWith(code) && (line[3] ?? ' ') === (i < last ? '-' : ' '),
  );
  return sound
    ? readStatus(
        Number(code),
        lines.map((line) => line.slice(4)),
      )
    : null;
}

/** Takes the status off each line, where the first begins with one of the code's class. RFC 2034 §4. */
function readStatus(code: number, lines: string[]): Reply {
  const status = lines[0]!.split(' ', 1)[0]!;
  if (!isStatus(status) || Number(status[0]) !== Math.floor(code / 100))
    return { code, text: oneOrMore(lines) };
  const bare = lines.map((line) =>
    line.startsWith(status) ? line.slice(status.length).replace(/^ /, '') : line,
  );
  return { code, status, text: oneOrMore(bare) };
}

function isStatus(text: string): text is Status {
  return /^[245]\.\d{1,3}\.\d{1,3}$/.test(text);
}

function oneOrMore(lines: string[]): string | string[] {
  return lines.length === 1 ? lines[0]! : lines;
}

/** Cuts at the last space that lets a piece fit. */
function cut(line: string, room: number): string[] {
  if (line.length <= room) return [line];
  const space = line.lastIndexOf(' ', room);
  const end = space > 0 ? space : room;
  return [line.slice(0, end), ...cut(line.slice(space > 0 ? end + 1 : end), room)];
}
