/**
 * What a signature is to say, checked before any message is there: a mistake is a `TypeError` at once, never a message
 * that leaves unsigned.
 */
import type { KeyObject } from 'node:crypto';

import { type Canonicalization, isCanonicalization } from './canonicalization.ts';
import { isDomain, isSelector, isWithin, keyName } from './domain.ts';
import { signingKey } from './signing-key.ts';

/** One signature. */
export interface DkimSignerOptions {
  /** `d=`, with A-labels. */
  readonly domain: string;
  /** `s=`. */
  readonly selector: string;
  /** PEM or key object, RSA or Ed25519. A PEM is read anew for each message: servers hand in what `signingKey()` gave. */
  readonly key: string | KeyObject;
  /** Header and body, such as `relaxed/simple`; one word is for both, as in Exim. `relaxed` unless given. */
  readonly canonicalization?: Canonicalization | `${Canonicalization}/${Canonicalization}`;
  /** Fields that are signed where they are there, all of a name; `SIGNED_HEADERS` unless given. */
  readonly headers?: readonly string[];
  /** Fields that nobody may add either: listed once more than they are there. `OVERSIGNED_HEADERS` unless given. */
  readonly oversign?: readonly string[];
  /** `i=`: an address, or `@` and a domain, within `domain`. Not written unless given. */
  readonly identity?: string;
  /** Seconds that the signature holds: `x=`. Not written unless given. */
  readonly expires?: number;
  /** Whether `t=` is written; it is unless this is false. */
  readonly timestamp?: boolean;
  /** Whether `l=` is written, so that others may add to the body. RFC 6376 §8.2 advises against it. */
  readonly bodyLength?: boolean;
  /** The clock, in ms since 1970; `Date.now` unless given. */
  readonly now?: () => number;
}

/** What is signed where it is there: Exim's list, which has all of RFC 6376 §5.4.1. */
export const SIGNED_HEADERS: readonly string[] = [
  'From',
  'Sender',
  'Reply-To',
  'Subject',
  'Date',
  'Message-ID',
  'To',
  'Cc',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-ID',
  'Content-Description',
  'Resent-Date',
  'Resent-From',
  'Resent-Sender',
  'Resent-To',
  'Resent-Cc',
  'Resent-Message-ID',
  'In-Reply-To',
  'References',
  'List-Id',
  'List-Help',
  'List-Unsubscribe',
  'List-Subscribe',
  'List-Post',
  'List-Owner',
  'List-Archive',
];

/**
 * What nobody may add: fields that a message has once, and that its reader sees or that change how its body is read.
 * RFC 6376 §5.4, §8.15.
 *
 * Deviation: Exim lists every name of its default once, also absent ones, and so forbids a list to add `List-Id`, and
 * allows a second `From`. Here the others are listed as often as they are there.
 */
export const OVERSIGNED_HEADERS: readonly string[] = [
  'From',
  'Reply-To',
  'Subject',
  'Date',
  'Message-ID',
  'To',
  'Cc',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
];

/** A field to sign, in the spelling of the options and in lower case, and how often past those that are there. */
export interface SigningHeader {
  readonly name: string;
  readonly key: string;
  readonly more: 0 | 1;
}

/** Options that were checked, with all defaults. */
export interface Signing {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
  readonly header: Canonicalization;
  readonly body: Canonicalization;
  readonly headers: readonly SigningHeader[];
  readonly identity: string | null;
  readonly expires: number | null;
  readonly timestamp: boolean;
  readonly bodyLength: boolean;
  readonly now: () => number;
}

const FIELD_NAME = /^[!-9<-~]+$/;

/** Checks the options of one signature. */
export function checkSigning(options: DkimSignerOptions): Signing {
  const { domain, selector, canonicalization = 'relaxed', identity = null } = options;
  if (!isDomain(domain)) throw new TypeError(`not a domain name for DKIM: ${quote(domain)}`);
  if (!isSelector(selector)) throw new TypeError(`not a DKIM selector: ${quote(selector)}`);
  if (keyName(selector, domain) === null) {
    throw new TypeError('DKIM selector and domain are together too long for the DNS');
  }
  if (identity !== null) checkIdentity(identity, domain);
  const [header, body = header, ...more] = canonicalization.split('/');
  if (!isCanonicalization(header) || !isCanonicalization(body) || more.length > 0) {
    throw new TypeError(`not a DKIM canonicalization: ${quote(canonicalization)}`);
  }
  const { expires = null, timestamp = true, bodyLength = false, now = Date.now } = options;
  if (expires !== null && (!Number.isSafeInteger(expires) || expires < 1)) {
    throw new TypeError(`expires must be whole seconds above 0, not ${expires}`);
  }
  return {
    domain: domain.toLowerCase(),
    selector,
    key: signingKey(options.key),
    header,
    body,
    headers:
      options.headers || options.oversign
        ? checkHeaders(options.headers ?? SIGNED_HEADERS, options.oversign ?? OVERSIGNED_HEADERS)
        : DEFAULT_HEADERS,
    identity,
    expires,
    timestamp,
    bodyLength,
    now,
  };
}

/** RFC 6376 §3.5: an address within the domain; its local part may be left out. */
function checkIdentity(identity: string, domain: string): void {
  const at = identity.lastIndexOf('@');
  const within = identity.slice(at + 1);
  if (at < 0 || !isDomain(within) || !isWithin(within, domain)) {
    throw new TypeError(`the DKIM identity ${quote(identity)} is not within ${domain}`);
  }
}

/** All names once; those that are only oversigned come last. */
function checkHeaders(
  signed: readonly string[],
  oversigned: readonly string[],
): readonly SigningHeader[] {
  const headers = new Map<string, SigningHeader>();
  for (const name of signed) {
    const key = name.toLowerCase();
    if (!FIELD_NAME.test(name)) throw new TypeError(`not a header field name: ${quote(name)}`);
    if (headers.has(key)) throw new TypeError(`${name} stands twice in headers: use oversign`);
    headers.set(key, { name, key, more: 0 });
  }
  for (const name of oversigned) {
    const key = name.toLowerCase();
    if (!FIELD_NAME.test(name)) throw new TypeError(`not a header field name: ${quote(name)}`);
    headers.set(key, { name: headers.get(key)?.name ?? name, key, more: 1 });
  }
  // RFC 6376 §5.4: From must be signed.
  if (!headers.has('from')) throw new TypeError('a DKIM signature must sign From');
  return [...headers.values()];
}

const DEFAULT_HEADERS = checkHeaders(SIGNED_HEADERS, OVERSIGNED_HEADERS);

function quote(text: unknown): string {
  return JSON.stringify(text);
}
