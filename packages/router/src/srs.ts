/**
 * The Sender Rewriting Scheme: a forwarder puts its own domain into the reverse-path, so that SPF passes, and finds the
 * sender again when the message bounces. As Mail::SRS and libsrs2 write it: `SRS0=hash=time=domain=local@us`, and for
 * what was rewritten before, `SRS1=hash=first=...@us`. No RFC has it.
 */

import {
  formatMailbox,
  isAddressLiteral,
  isDomain,
  isNullPath,
  parseMailbox,
  sameDomain,
  type Path,
} from '@postino/address';
import { encodeBase64 } from '@postino/wire';
import { foldLocalPart } from './alias-key.ts';

/** Days that a rewritten address is good for, as in libsrs2: a bounce comes sooner. */
export const SRS_MAX_AGE = 21;
/** Characters of a hash, as in libsrs2. */
export const SRS_HASH_LENGTH = 4;

/** HMAC-SHA1 of a text in UTF-8, with a secret: `createHmac('sha1', secret).update(text).digest()`. */
export type SrsHmac = (text: string) => Uint8Array;

export interface SrsOptions {
  /** The first signs; all of them verify, so that a secret can be replaced. */
  readonly hmacs: readonly [SrsHmac, ...SrsHmac[]];
  /** Ours: what is forwarded comes from here, and bounces come back to it. */
  readonly domain: string;
  /** The time in ms since 1970. */
  readonly now: () => number;
  /** Days; default `SRS_MAX_AGE`. */
  readonly maxAge?: number;
  /** What stands behind `SRS0` and `SRS1`; default `=`. */
  readonly separator?: '=' | '-' | '+';
  /** 4 to 20; default `SRS_HASH_LENGTH`. */
  readonly hashLength?: number;
}

/** Rewrites reverse-paths, and finds them again. */
export interface Srs {
  /**
   * The path to forward a message from; one that is null or of our domain stays as it is. Null where the address would be
   * longer than others must take: RFC 5321 §4.5.3.1.1.
   */
  forward(sender: Path): Path | null;
  /** The path that was rewritten, for a recipient of a bounce; null for all that we did not write, or wrote too long ago. */
  reverse(recipient: Path): Path | null;
}

const DAY = 86_400_000;
/** Base32, RFC 4648 §6. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Two digits count so many days, and then begin again. */
const DAYS_COUNTED = DIGITS.length ** 2;

/** What another forwarder wrote: its separator and all behind it. */
const REWRITTEN = /^SRS0([=+-].*)$/is;
/** What forwarders behind it wrote: the first of them, and its separator and all behind it. */
const REWRITTEN_AGAIN = /^SRS1[=+-][^=]*=([^=]+)=(.+)$/is;
const OURS = /^SRS0[=+-]([^=]+)=([A-Z2-7]{2})=([^=]+)=(.+)$/is;
const OURS_AGAIN = /^SRS1[=+-]([^=]+)=([^=]+)=([=+-].+)$/is;
const ANY_ADDRESS = { smtputf8: true, singleLabel: true };

/** A rewriter. Throws a `TypeError` for a domain that is none, and for a hash of another length than it may have. */
export function srs(options: SrsOptions): Srs {
  const { hmacs, domain, now, maxAge = SRS_MAX_AGE, separator = '=' } = options;
  const { hashLength = SRS_HASH_LENGTH } = options;
  if (!isDomain(domain, ANY_ADDRESS))
    throw new TypeError(`not a domain: ${JSON.stringify(domain)}`);
  if (!(Number.isInteger(hashLength) && hashLength >= SRS_HASH_LENGTH && hashLength <= 20))
    throw new TypeError(`a hash has 4 to 20 characters, not ${hashLength}`);

  // The case of letters does not count, since hosts on the way may change it.
  const hash = (text: string, hmac: SrsHmac): string =>
    encodeBase64(hmac(foldLocalPart(text))).slice(0, hashLength);
  const isSigned = (text: string, given: string): boolean =>
    hmacs.some((hmac) => foldLocalPart(hash(text, hmac)) === foldLocalPart(given));
  const today = (): number => Math.floor(now() / DAY) % DAYS_COUNTED;
  const isFresh = (time: string): boolean =>
    (today() - readDay(time) + DAYS_COUNTED) % DAYS_COUNTED <= maxAge;

  const tag = (word: 'SRS0' | 'SRS1', signed: readonly string[]): string =>
    `${word}${separator}${hash(signed.join(''), hmacs[0])}=${signed.join('=')}`;
  const rewrite = ({ localPart, domain: host }: Path): string => {
    const [, inner] = REWRITTEN.exec(localPart) ?? [];
    if (inner !== undefined) return tag('SRS1', [host, inner]);
    const [, first, rest] = REWRITTEN_AGAIN.exec(localPart) ?? [];
    if (first !== undefined && rest !== undefined) return tag('SRS1', [first, rest]);
    return tag('SRS0', [writeDay(today()), host, localPart]);
  };

  return {
    forward(sender) {
      if (isNullPath(sender) || sameDomain(sender.domain, domain)) return sender;
      return parseMailbox(formatMailbox({ localPart: rewrite(sender), domain }), ANY_ADDRESS);
    },
    reverse({ localPart, domain: host }) {
      if (!sameDomain(host, domain)) return null;
      const [, guard = '', first = '', inner = ''] = OURS_AGAIN.exec(localPart) ?? [];
      if (inner && isSigned(first + inner, guard)) return path(`SRS0${inner}`, first);
      const [, sign = '', time = '', origin = '', local = ''] = OURS.exec(localPart) ?? [];
      if (local && isFresh(time) && isSigned(time + origin + local, sign))
        return path(local, origin);
      return null;
    },
  };
}

/** Where a hash was guessed, anything may stand behind it. */
function path(localPart: string, domain: string): Path | null {
  return isDomain(domain, ANY_ADDRESS) || isAddressLiteral(domain) ? { localPart, domain } : null;
}

function writeDay(day: number): string {
  return DIGITS.charAt(Math.floor(day / DIGITS.length)) + DIGITS.charAt(day % DIGITS.length);
}

function readDay(digits: string): number {
  const [high = 0, low = 0] = Array.from(digits.toUpperCase(), (digit) => DIGITS.indexOf(digit));
  return high * DIGITS.length + low;
}
