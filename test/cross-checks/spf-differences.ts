/**
 * Where another program judges otherwise than we do, and why we are right. Any other difference is a failure of the test, and
 * so is one of these that is no more.
 */
import type { SpfResult } from '@postino/spf';

export interface KnownDifference {
  readonly program: string;
  /** What the program says of it. */
  readonly says: RegExp;
  /** What we must have said for the reason to hold. */
  readonly when: (ours: SpfResult) => boolean;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    program: 'pyspf',
    says: /include has trivial recursion/,
    when: ({ mechanism }) => mechanism !== undefined,
    reason:
      'refuses a record that includes itself although a term before it matches; RFC 7208 §4.6.2 ends there, §4.6.4 bounds the rest',
  },
  {
    program: 'pyspf',
    says: /Void lookup limit of 2 exceeded/,
    when: ({ voids }) => voids <= 2,
    reason:
      'counts every host of a term without addresses as void; RFC 7208 §4.6.4 limits terms, which we count',
  },
];
