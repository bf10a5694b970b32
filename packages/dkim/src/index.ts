export type { Canonicalization } from './canonicalization.ts';
export { generateKey, type GeneratedKey, type GenerateKeyOptions } from './generate-key.ts';
export type { Weakness } from './judge.ts';
export { formatKeyRecord, type KeyRecord, parseKeyRecord, txtStrings } from './key-record.ts';
export {
  CLOCK_SKEW,
  MAX_KEY_RECORDS,
  MAX_RSA_BITS,
  MAX_SIGNATURE_SIZE,
  MAX_SIGNATURES,
  MIN_RSA_BITS,
} from './limits.ts';
export type { DkimClaims, DkimResult, DkimVerdict, Refusal } from './result.ts';
export type { HashName, KeyType } from './signature.ts';
export { UnsignableError } from './signable.ts';
export { dkimSigner, sign } from './signer.ts';
export { type DkimSignerOptions, OVERSIGNED_HEADERS, SIGNED_HEADERS } from './signer-options.ts';
export { signingKey } from './signing-key.ts';
export { dkimVerifier, type DkimVerifierOptions, verify } from './verifier.ts';
