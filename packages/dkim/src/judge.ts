/**
 * Whether a signature holds: its hashes, its key, and what we want beyond. RFC 6376 §6.1.2, §6.1.3.
 */
import { createHash, verify as verifyBytes, type KeyObject } from 'node:crypto';

import type { BodyHash } from './body-hash.ts';
import { canonicalHeader, type FieldIndex } from './canonical-header.ts';
import type { KeyAnswer } from './key-lookup.ts';
import type { KeyRecord } from './key-record.ts';
import { MIN_RSA_BITS } from './limits.ts';
import { publicKeyFor } from './public-key.ts';
import { type DkimResult, fail, isRefusal, permerror, policy, type Refusal } from './result.ts';
import type { DkimSignature, SignatureValue } from './signature.ts';

/**
 * What is accepted although it should not be: `rsa-sha1` and `smallKey`, which RFC 8301 §3 forbids, and `partialBody`, a
 * body that goes on behind what `l=` says, which RFC 6376 §6.1.3 leaves to us.
 */
export type Weakness = 'rsa-sha1' | 'smallKey' | 'partialBody';

/** What is known when the message has ended. */
export interface Evidence {
  readonly answer: KeyAnswer;
  readonly body: BodyHash;
  readonly fields: FieldIndex;
  readonly accept: readonly Weakness[];
}

/** What a signature comes to. */
export type Judgement = Pick<DkimResult, 'result' | 'reason' | 'testing'>;

/** Whether the signature holds, and is accepted. */
export function judge(signature: DkimSignature, evidence: Evidence): Judgement {
  const check = (key: KeyObject): Refusal | null =>
    checkBody(signature, evidence.body) ??
    checkHeader(signature, evidence.fields, key) ??
    checkPolicy(signature, evidence);
  return judgeByKeys(signature, evidence, check);
}

/** Tries the records of a name until the signature passes with one; otherwise the one that came furthest counts. */
export function judgeByKeys(
  signature: SignatureValue,
  { answer, accept }: Pick<Evidence, 'answer' | 'accept'>,
  check: (key: KeyObject) => Refusal | null,
): Judgement {
  if (isRefusal(answer)) return answer;
  const minBits = accept.includes('smallKey') ? 0 : MIN_RSA_BITS;
  const judgeWith = (record: KeyRecord): Judgement => {
    const key = publicKeyFor(signature, record, minBits);
    const testing = record.flags.includes('y') ? { testing: true as const } : {};
    const refusal = isRefusal(key) ? key : check(key);
    return { ...(refusal ?? { result: 'pass' }), ...testing };
  };
  const judgements: Judgement[] = [];
  for (const record of answer) {
    const judgement = isRefusal(record) ? record : judgeWith(record);
    if (judgement.result === 'pass') return judgement;
    judgements.push(judgement);
  }
  return judgements.find(({ result }) => result !== 'permerror') ?? judgements[0]!;
}

/** RFC 6376 §6.1.3 step 3. */
function checkBody({ bodyHash, bodyLength }: DkimSignature, body: BodyHash): Refusal | null {
  if (bodyLength !== null && bodyLength > body.size)
    return fail('its l= is more than the body has');
  return body.digest().equals(bodyHash) ? null : fail('the body was changed');
}

/** RFC 6376 §6.1.3 step 4. */
function checkHeader(signature: DkimSignature, fields: FieldIndex, key: KeyObject): Refusal | null {
  const { field, unsigned, headerCanonicalization } = signature;
  const signed = fields.select(signature.signedHeaders, field);
  return checkValue(signature, canonicalHeader(signed, unsigned, headerCanonicalization), key);
}

/** Whether it is these octets that were signed. */
export function checkValue(
  { hash, keyType, signature: value }: SignatureValue,
  data: Buffer,
  key: KeyObject,
): Refusal | null {
  try {
    const holds =
      keyType === 'rsa'
        ? verifyBytes(hash, data, key, value)
        : // RFC 8463 §3: it is the hash that is signed.
          verifyBytes(null, createHash(hash).update(data).digest(), key, value);
    return holds ? null : fail('the signed header fields or the signature were changed');
  } catch {
    return permerror('the key cannot be used');
  }
}

/** What verifies and is not accepted all the same. RFC 6376 §6.1.3, §8.2, §8.15. */
function checkPolicy(signature: DkimSignature, { body, fields, accept }: Evidence): Refusal | null {
  if (body.unsigned > 0 && !accept.includes('partialBody')) {
    return policy(`${body.unsigned} octets of the body are not signed (l=)`);
  }
  const signed = signature.signedHeaders.filter((name) => name === 'from').length;
  if (fields.count('from') > signed) return policy('there is a From that is not signed');
  return null;
}
