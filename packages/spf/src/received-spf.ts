/**
 * The header field that records a check. RFC 7208 §9.1.
 */
import type { SpfCode, SpfQuery, SpfResult } from './types.ts';

/** Characters of a value; it is cut behind them, so that no line is longer than RFC 5322 §2.1.1 allows. */
export const MAX_VALUE = 320;

/** What was checked, as `checkHost` got it. */
export type ReceivedSpfOptions = Pick<SpfQuery, 'ip' | 'helo' | 'sender' | 'receiver'>;

/**
 * `Received-SPF: ...` with its CRLF, folded, every pair on a line of its own; it goes above the `Received` of the same
 * host. What strangers wrote is quoted, `?` stands for all that is not printable ASCII. RFC 7208 §9.1.
 */
export function formatReceivedSpf(
  { result, domain, identity, mechanism = 'default', reason }: SpfResult,
  { ip, helo, sender, receiver }: ReceivedSpfOptions,
): string {
  const host = receiver === undefined ? '' : `${receiver}: `;
  const address = sender === '' ? `postmaster@${domain}` : sender;
  const pairs = [
    ['identity', identity],
    ['client-ip', ip],
    ['helo', helo],
    ['envelope-from', sender],
    ['receiver', receiver],
    ['mechanism', mechanism],
    ['problem', result === 'temperror' || result === 'permerror' ? reason : undefined],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`\r\n\t${key}=${formatValue(value)};`]));
  const comment = escape(`${host}${REMARKS[result](address, ip)}`, /[()\\]/g);
  return `Received-SPF: ${result}\r\n\t(${comment})${pairs.join('')}\r\n`;
}

/** RFC 7208 §9.1 shows such remarks. */
const REMARKS: Readonly<Record<SpfCode, (address: string, ip: string) => string>> = {
  pass: (address, ip) => `domain of ${address} designates ${ip} as permitted sender`,
  fail: (address, ip) => `domain of ${address} does not designate ${ip} as permitted sender`,
  softfail: (address, ip) => `domain of ${address} does not designate ${ip} as permitted sender`,
  neutral: (address, ip) => `${ip} is neither permitted nor denied by domain of ${address}`,
  none: (address) => `domain of ${address} does not designate permitted senders`,
  temperror: (address) => `the DNS did not answer for domain of ${address}`,
  permerror: (address) => `the record for domain of ${address} is in error`,
};

const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** `dot-atom` or `quoted-string`. RFC 5322 §3.2.3, §3.2.4. */
function formatValue(value: string): string {
  return value.length <= MAX_VALUE && DOT_ATOM.test(value) ? value : `"${escape(value, /["\\]/g)}"`;
}

function escape(text: string, special: RegExp): string {
  return text
    .slice(0, MAX_VALUE)
    .replace(/[^ -~]/g, '?')
    .replace(special, String.raw`\$&`);
}
