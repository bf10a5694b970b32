/**
 * Where another program does not pass what we sign, nor we what it signs, and why that is right. Any other difference is a
 * failure of the test, and so is one of these that is no more. SMTP knows no message whose last line is open: RFC 5321 §2.3.8.
 */
import type { How } from './dkim-programs.ts';

export type Side = 'verifies' | 'signs';

export interface KnownDifference {
  readonly program: string;
  /** Whether it is met when the program verifies what we signed, when we verify what it signed, or both. */
  readonly sides: readonly Side[];
  readonly when: (message: Buffer, how: How) => boolean;
  readonly reason: string;
}

const BOTH = ['verifies', 'signs'] as const;

const endsOpen = (message: Buffer): boolean =>
  message.toString('latin1', message.length - 2) !== '\r\n';

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    program: 'python3-dkim',
    sides: BOTH,
    when: (message, { body }) => body === 'relaxed' && /[ \t]$/.test(message.toString('latin1')),
    reason:
      'keeps white space at the end of a last line that has no CRLF; RFC 6376 §3.4.4 ignores it at the end of any line',
  },
  {
    program: 'Mail::DKIM',
    sides: BOTH,
    when: (message, { body }) => body === 'simple' && endsOpen(message),
    reason: 'adds no CRLF to a body that does not end with one; RFC 6376 §3.4.3 adds it',
  },
  {
    program: 'OpenDKIM',
    sides: BOTH,
    when: (message) => endsOpen(message),
    reason:
      'takes an open last line, when it comes in chunks, for an error of syntax, or loses its white space',
  },
  {
    program: 'OpenDKIM',
    sides: BOTH,
    when: (message, { header }) => header === 'simple' && !message.includes('\r\n\r\n'),
    reason: 'loses the CRLF of the last field when no blank line follows it',
  },
  {
    program: 'OpenDKIM',
    sides: ['signs'],
    when: (_, { algorithm, header }) => algorithm === 'ed25519-sha256' && header === 'simple',
    reason:
      'folds the field otherwise than it hashed it, so that no program verifies it, OpenDKIM neither',
  },
];
