/**
 * The three fields of an ARC Set, read. RFC 8617 §4.1, §4.2.
 */
import { fieldBody } from '@postino/message';

import { decodeBase64 } from './base64.ts';
import { MAX_ARC_SETS, MAX_TIME_DIGITS } from './limits.ts';
import { type DkimClaims, isRefusal, neutral, permerror, type Refusal } from './result.ts';
import {
  ALGORITHMS,
  claimsOf,
  type ParsedSignature,
  readNumber,
  readSigner,
  readTagField,
  signatureOf,
  type SignatureValue,
  type TagField,
} from './signature.ts';
import type { Tag, Tags } from './tags.ts';

/** What a chain came to. RFC 8617 §4.4. */
export type ChainStatus = 'none' | 'pass' | 'fail';

/** What an ARC-Seal says of itself. */
export interface SealClaims extends Omit<DkimClaims, 'identity' | 'signedHeaders'> {
  /** `cv=`: what the chain came to when it was sealed. */
  chain?: ChainStatus;
}

/** A field of a set, with the number of the set that it says it belongs to. */
export interface Member {
  readonly field: Uint8Array;
  /** `i=`; null where there is none from 1 to 50. */
  readonly instance: number | null;
}

/** An ARC-Authentication-Results field. RFC 8617 §4.1.1. */
export interface ArcResults extends Member {
  /** What follows the instance: a value as Authentication-Results has it. */
  readonly value: string;
}

/** An ARC-Message-Signature field. RFC 8617 §4.1.2. */
export interface ArcMessageSignature extends Member, ParsedSignature {}

/** An ARC-Seal field. RFC 8617 §4.1.3. */
export interface ArcSeal extends Member, ParsedSignature<SignatureValue> {
  readonly claims: SealClaims;
}

/** White space and comments; comments in comments are not. RFC 5322 §3.2.2. */
const CFWS = String.raw`(?:\s|\([^()\\]*(?:\\.[^()\\]*)*\))*`;
/** `instance [CFWS] ";"`. RFC 8617 §4.1.1. */
const INSTANCE = new RegExp(`^${CFWS}i${CFWS}=${CFWS}(\\d{1,2})${CFWS};`, 's');
const SEAL_REQUIRED = ['a', 'b', 'cv', 'd', 's'] as const;

/** Reads an ARC-Authentication-Results field; what its results are worth is not asked here. */
export function readResults(field: Uint8Array): ArcResults {
  const body = fieldBody(field);
  const [prefix = '', digits = ''] = INSTANCE.exec(body) ?? [];
  return { field, instance: readPosition(digits), value: body.slice(prefix.length) };
}

/** Reads an ARC-Message-Signature field: a DKIM signature whose `v=` is not said, and whose `i=` is the instance. */
// Not done: comments around the instance of the two signatures, which no list of tags has. RFC 8617 §4.1.2, §4.1.3.
export function readMessageSignature(field: Uint8Array): ArcMessageSignature {
  const read = readTagField(field);
  if (isRefusal(read)) return { field, instance: null, claims: {}, signature: read };
  const tags = withoutInstance(read.tags).set('v', { value: '1', start: 0, end: 0 });
  const { claims, signature } = signatureOf({ ...read, tags });
  return {
    field,
    instance: readInstance(read.tags),
    claims,
    // RFC 8617 §4.1.2: no ARC field may be signed. The drafts let ARC-Authentication-Results be.
    // Deviation: only ARC-Seal is refused, since the others are in chains that were sealed by the drafts.
    signature: claims.signedHeaders?.includes('arc-seal')
      ? permerror('it signs ARC-Seal')
      : signature,
  };
}

/** Reads an ARC-Seal field. */
export function readSeal(field: Uint8Array): ArcSeal {
  const read = readTagField(field);
  if (isRefusal(read)) return { field, instance: null, claims: {}, signature: read };
  const tags = withoutInstance(read.tags);
  const { identity: _, signedHeaders: __, ...rest } = claimsOf(tags);
  const chain = tags.get('cv')?.value;
  const claims: SealClaims = { ...rest, ...(isChainStatus(chain) && { chain }) };
  const signature = sealOf({ ...read, tags }, claims);
  return { field, instance: readInstance(read.tags), claims, signature };
}

/** The other tags: what `i=` is in DKIM it is not here. RFC 8617 §4.1.2, §4.1.3. */
function withoutInstance(tags: Tags): Map<string, Tag> {
  const others = new Map(tags);
  others.delete('i');
  return others;
}

function sealOf({ tags, field, unsigned }: TagField, claims: SealClaims): SignatureValue | Refusal {
  const missing = SEAL_REQUIRED.find((name) => !tags.has(name));
  if (missing) return neutral(`it has no ${missing}=`);
  // RFC 8617 §4.1.3: what it signs is not for it to say.
  if (tags.has('h')) return permerror('it has an h=');
  const algorithm = ALGORITHMS.get(claims.algorithm ?? '');
  if (!algorithm) return neutral('its algorithm is not known');
  if (claims.chain === undefined) return neutral('its cv= is none of none, pass and fail');
  const signer = readSigner(tags);
  if (isRefusal(signer)) return signer;
  const signature = decodeBase64(claims.signature ?? '');
  if (!signature) return neutral('its b= is not base64');
  const timestamp = readNumber(tags, 't', MAX_TIME_DIGITS);
  if (timestamp === undefined) return neutral('its t= is not a number');
  return {
    ...algorithm,
    ...signer,
    timestamp,
    expiration: null,
    signature,
    field,
    unsigned: unsigned(),
  };
}

export function isChainStatus(value: string | undefined): value is ChainStatus {
  return value === 'none' || value === 'pass' || value === 'fail';
}

function readInstance(tags: Tags): number | null {
  return readPosition(tags.get('i')?.value ?? '');
}

/** `position`. RFC 8617 §3.9, §4.2.1. */
function readPosition(digits: string): number | null {
  if (!/^\d{1,2}$/.test(digits)) return null;
  const position = Number(digits);
  return position >= 1 && position <= MAX_ARC_SETS ? position : null;
}
