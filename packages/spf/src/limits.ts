/** What one check may cost. */

/** Terms that ask the DNS: one more is a permerror. RFC 7208 §4.6.4. */
export const MAX_LOOKUPS = 10;
/** Terms whose question the DNS answers with nothing: one more is a permerror. RFC 7208 §4.6.4. */
export const MAX_VOIDS = 2;
/** Names of an MX answer, of which one more is a permerror, and of a PTR answer, of which more are not looked at. RFC 7208 §4.6.4. */
export const MAX_NAMES = 10;
/** Characters of an explanation; it is cut behind them. Our own choice, so that it fits a reply: RFC 5321 §4.5.3.1.5. */
export const MAX_EXPLANATION = 450;

export interface SpfLimits {
  /** `MAX_LOOKUPS` unless given. */
  readonly lookups?: number;
  /** `MAX_VOIDS` unless given. */
  readonly voids?: number;
  /** `MAX_NAMES` unless given. */
  readonly names?: number;
  /** `MAX_EXPLANATION` unless given. */
  readonly explanation?: number;
}
