/**
 * A DKIM-Signature field, read. RFC 6376 §3.5, §6.1.1.
 */
import { decodeBase64 } from './base64.ts';
import { type Canonicalization, isCanonicalization } from './canonicalization.ts';
import { withoutLineEnd } from './canonical-header.ts';
import { isDomain, isSelector, isWithin } from './domain.ts';
import { MAX_LENGTH_DIGITS, MAX_SIGNATURE_SIZE, MAX_TIME_DIGITS } from './limits.ts';
import { decodeQuotedPrintable } from './quoted-printable.ts';
import { type DkimClaims, isRefusal, neutral, permerror, type Refusal } from './result.ts';
import { parseTags, splitColons, type Tags, withoutSpace } from './tags.ts';

/** The types of key that we know. RFC 6376 §3.3, RFC 8463 §3. */
export type KeyType = 'rsa' | 'ed25519';
/** The hashes that we know; SHA-1 only to refuse it. RFC 8301 §3.1. */
export type HashName = 'sha256' | 'sha1';

/** What every signature says, also one that covers no body. */
export interface SignatureValue {
  readonly keyType: KeyType;
  readonly hash: HashName;
  readonly domain: string;
  readonly selector: string;
  /** The domain of `i=`. */
  readonly identityDomain: string;
  /** `t=` and `x=` in seconds since 1970, or null. */
  readonly timestamp: number | null;
  readonly expiration: number | null;
  readonly signature: Uint8Array;
  /** The field as it stands in the header block. */
  readonly field: Uint8Array;
  /** The field with nothing in its `b=`: what is hashed of it. RFC 6376 §3.7. */
  readonly unsigned: Uint8Array;
}

/** A signature whose every tag is well formed. */
export interface DkimSignature extends SignatureValue {
  readonly headerCanonicalization: Canonicalization;
  readonly bodyCanonicalization: Canonicalization;
  readonly signedHeaders: readonly string[];
  /** `l=`, or null. A number that is too large for us is `Infinity`. */
  readonly bodyLength: number | null;
  readonly bodyHash: Uint8Array;
}

/** A field as far as it could be read. */
export interface ParsedSignature<T = DkimSignature> {
  readonly claims: DkimClaims;
  readonly signature: T | Refusal;
}

/** A field that is a list of tags. */
export interface TagField {
  readonly tags: Tags;
  readonly field: Uint8Array;
  /** The field with nothing in its `b=`, which must be there. RFC 6376 §3.7. */
  readonly unsigned: () => Uint8Array;
}

const REQUIRED = ['v', 'a', 'b', 'bh', 'd', 'h', 's'] as const;
/** RFC 5322 §3.6.8, without the semicolon that would end the tag. */
const FIELD_NAME = /^[!-9<-~]+$/;
const COLON = 0x3a;

/** Reads a field of a header block. Each part that is not as the RFC wants it is a refusal with the reason. */
export function parseSignature(field: Uint8Array): ParsedSignature {
  const read = readTagField(field);
  return isRefusal(read) ? { claims: {}, signature: read } : signatureOf(read);
}

/** The tags of a field. */
export function readTagField(field: Uint8Array): TagField | Refusal {
  if (field.length > MAX_SIGNATURE_SIZE) {
    return neutral(`the field has more than ${MAX_SIGNATURE_SIZE} octets`);
  }
  const bytes = withoutLineEnd(field);
  const start = bytes.indexOf(COLON) + 1;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start);
  const tags = parseTags(text);
  if (!tags) return neutral('the field is not a list of tags');
  return { tags, field, unsigned: () => withoutValue(bytes, start, tags) };
}

/** The signature that the tags make. */
export function signatureOf(field: TagField): ParsedSignature {
  const claims = claimsOf(field.tags);
  return { claims, signature: readSignature(field, claims) };
}

/** What can be told of a signature even where it is refused. */
export function claimsOf(tags: Tags): DkimClaims {
  const [a, b, d, h, s] = ['a', 'b', 'd', 'h', 's'].map((name) => tags.get(name)?.value);
  const claims: DkimClaims = {};
  if (d !== undefined) claims.domain = d.toLowerCase();
  if (s !== undefined) claims.selector = s;
  const identity =
    decodeQuotedPrintable(tags.get('i')?.value ?? '') || (claims.domain && `@${claims.domain}`);
  if (identity) claims.identity = identity;
  if (a !== undefined) claims.algorithm = a;
  if (h !== undefined) claims.signedHeaders = splitColons(h.toLowerCase());
  if (b !== undefined) claims.signature = withoutSpace(b);
  return claims;
}

function readSignature(
  { tags, field, unsigned }: TagField,
  claims: DkimClaims,
): DkimSignature | Refusal {
  const missing = REQUIRED.find((name) => !tags.has(name));
  if (missing) return neutral(`it has no ${missing}=`);
  const value = (name: string): string => tags.get(name)?.value ?? '';
  if (value('v') !== '1') return neutral('its version is not 1');
  const algorithm = ALGORITHMS.get(value('a'));
  if (!algorithm) return neutral('its algorithm is not known');
  const canonicalizations = readCanonicalization(tags.get('c')?.value ?? 'simple/simple');
  if (!canonicalizations) return neutral('its canonicalization is not known');
  const keys = splitColons(tags.get('q')?.value ?? 'dns/txt');
  if (!keys.includes('dns/txt')) return neutral('its keys are not in the DNS');

  const signer = readSigner(tags);
  if ('reason' in signer) return signer;
  const { signedHeaders = [] } = claims;
  if (!signedHeaders.every((name) => FIELD_NAME.test(name)))
    return neutral('its h= is not a list of field names');
  if (!signedHeaders.includes('from')) return permerror('it does not sign From');

  const bodyHash = decodeBase64(value('bh'));
  const signature = decodeBase64(claims.signature ?? '');
  if (!bodyHash || !signature) return neutral('its bh= or b= is not base64');
  const numbers = readNumbers(tags);
  if ('reason' in numbers) return numbers;
  const [headerCanonicalization, bodyCanonicalization] = canonicalizations;
  // Name by name: spreading costs more than all the rest of the reading.
  return {
    keyType: algorithm.keyType,
    hash: algorithm.hash,
    headerCanonicalization,
    bodyCanonicalization,
    domain: signer.domain,
    selector: signer.selector,
    identityDomain: signer.identityDomain,
    signedHeaders,
    bodyLength: numbers.bodyLength,
    timestamp: numbers.timestamp,
    expiration: numbers.expiration,
    bodyHash,
    signature,
    field,
    unsigned: unsigned(),
  };
}

/** What `a=` names. RFC 6376 §3.3, RFC 8463 §3. */
export const ALGORITHMS: ReadonlyMap<string, { keyType: KeyType; hash: HashName }> = new Map([
  ['rsa-sha256', { keyType: 'rsa', hash: 'sha256' }],
  ['ed25519-sha256', { keyType: 'ed25519', hash: 'sha256' }],
  ['rsa-sha1', { keyType: 'rsa', hash: 'sha1' }],
]);

/** Header and body; a single name is the header's, and the body's is `simple` then. RFC 6376 §3.5. */
function readCanonicalization(value: string): [Canonicalization, Canonicalization] | null {
  const [header, body = 'simple', ...more] = value.split('/');
  if (!isCanonicalization(header) || !isCanonicalization(body)) return null;
  return more.length === 0 ? [header, body] : null;
}

/** `d=`, `s=` and `i=`, which must be within `d=`. RFC 6376 §3.5, §3.10. */
export function readSigner(
  tags: Tags,
): { domain: string; selector: string; identityDomain: string } | Refusal {
  const domain = tags.get('d')!.value;
  const selector = tags.get('s')!.value;
  if (!isDomain(domain)) return neutral('its d= is not a domain name');
  if (!isSelector(selector)) return neutral('its s= is not a selector');
  const identity = decodeQuotedPrintable(tags.get('i')?.value ?? `@${domain}`);
  const at = identity?.lastIndexOf('@') ?? -1;
  const identityDomain = identity?.slice(at + 1) ?? '';
  if (at < 0 || !isDomain(identityDomain)) return neutral('its i= is not an address');
  if (!isWithin(identityDomain, domain)) return permerror('its i= is not within its d=');
  return { domain, selector, identityDomain };
}

/** `l=`, `t=` and `x=`. RFC 6376 §3.5. */
function readNumbers(
  tags: Tags,
): Pick<DkimSignature, 'bodyLength' | 'timestamp' | 'expiration'> | Refusal {
  const bodyLength = readNumber(tags, 'l', MAX_LENGTH_DIGITS);
  const timestamp = readNumber(tags, 't', MAX_TIME_DIGITS);
  const expiration = readNumber(tags, 'x', MAX_TIME_DIGITS);
  if (bodyLength === undefined || timestamp === undefined || expiration === undefined) {
    return neutral('its l=, t= or x= is not a number');
  }
  if (timestamp !== null && expiration !== null && expiration <= timestamp) {
    return neutral('its x= is not after its t=');
  }
  return { bodyLength, timestamp, expiration };
}

/** Null where the tag is not there, undefined where it is no number of at most so many digits. */
export function readNumber(tags: Tags, name: string, digits: number): number | null | undefined {
  const value = tags.get(name)?.value;
  if (value === undefined) return null;
  if (value.length > digits || !/^[0-9]+$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Infinity;
}

/** The field with the value of `b=`, and the white space around it, taken out. RFC 6376 §3.7. */
function withoutValue(field: Uint8Array, start: number, tags: Tags): Uint8Array {
  const b = tags.get('b')!;
  const unsigned = Buffer.allocUnsafe(field.length - (b.end - b.start));
  unsigned.set(field.subarray(0, start + b.start));
  unsigned.set(field.subarray(start + b.end), start + b.start);
  return unsigned;
}
