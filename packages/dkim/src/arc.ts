export { arcSealer, type ArcSealerOptions, seal } from './arc-sealer.ts';
export type { ChainStatus, SealClaims } from './arc-set.ts';
export {
  type ArcResult,
  type ArcSetResult,
  arcVerifier,
  type ArcVerifierOptions,
  verifyArc,
} from './arc-verifier.ts';
export { MAX_ARC_SETS } from './limits.ts';
export { UnsignableError } from './signable.ts';
