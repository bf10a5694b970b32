/** The values of the configuration that are written as text: sizes, times, addresses, names. Each reads to null when it is none. */
import { isIP } from 'node:net';
import { domainToAscii } from '@postino/address';
import { Networks } from '@postino/router';

/** Where to listen: an IP address without brackets, and a port; 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Whose rights to take after binding. */
export interface RunAs {
  readonly user: string;
  readonly group: string;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Milliseconds that a timer of Node can wait at the most. */
const MAX_TIMER = 2 ** 31 - 1;

/** `"50MB"` to octets; a KB is 1024 of them. */
export function readSize(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9}) ?(B|KB|MB|GB)$/i.exec(text) ?? [];
  return digits && unit ? Number(digits) * UNITS[unit.toUpperCase()]! : null;
}

/** `"5m"` to milliseconds. */
export function readTime(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9}) ?([smhd])$/.exec(text) ?? [];
  const time = digits && unit ? Number(digits) * SECONDS[unit]! * 1000 : null;
  return time !== null && time <= MAX_TIMER ? time : null;
}

/** `"0.0.0.0:25"`, `"[::]:25"`. */
export function readListenAddress(text: string): ListenAddress | null {
  const [, v6, v4, digits] = /^(?:\[(.+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? v4 ?? '';
  const port = Number(digits);
  return isIP(host) === (v6 ? 6 : 4) && port <= 65_535 ? { host, port } : null;
}

/** `"127.0.0.1"`, `"127.0.0.1:5353"`, `"[::1]:5353"`: a DNS server. */
export function readDnsServer(text: string): string | null {
  return isIP(text) > 0 || readListenAddress(text) !== null ? text : null;
}

/** `"192.0.2.7"`, `"2001:db8::1"`. */
export function readAddress(text: string): string | null {
  return isIP(text) > 0 ? text : null;
}

/** `"10.0.0.0/8"`, `"::1"`. */
export function readNetwork(text: string): string | null {
  try {
    void new Networks([text]);
    return text;
  } catch {
    return null;
  }
}

/** `"mail.example.org"`, in lower case and as the DNS takes it; an IP address is no name. */
export function readHostname(text: string): string | null {
  return isIP(text) === 0 ? domainToAscii(text) : null;
}

/** `"mail.example.net:587"`, `"[2001:db8::1]:25"`; the host without brackets. */
export function readHostAndPort(text: string): ListenAddress | null {
  const [, host = '', digits] = /^(\[.+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === '' || port > 65_535 || port === 0) return null;
  const name = readHostname(host);
  return readListenAddress(text) ?? (name === null ? null : { host: name, port });
}

/** `"0660"`: the rights of a file, in octal. */
export function readMode(text: string): number | null {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : null;
}

/** `"mail:mail"`. */
export function readRunAs(text: string): RunAs | null {
  const [, user, group] = /^([^:\s]+):([^:\s]+)$/.exec(text) ?? [];
  return user && group ? { user, group } : null;
}
