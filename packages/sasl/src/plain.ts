/** The one message of PLAIN. RFC 4616 §2. */

import { MAX_FIELD_OCTETS, isSafe, readIdentity, writeField } from './field.ts';

/** `[authzid] NUL authcid NUL passwd`, taken apart. */
export interface PlainMessage {
  /** Whom to act as; empty: the user itself. */
  readonly authzid: string;
  /** Whose password it is: the authcid. */
  readonly user: string;
  /** In UTF-8, a copy. */
  readonly password: Uint8Array;
}

const NUL = 0;

/**
 * Takes a message apart; null when it is none: not two NULs exactly, an empty user or password, not UTF-8, a control
 * character in an identity, or a field over `maxOctets`. RFC 4616 §2.
 */
export function parsePlain(
  message: Uint8Array,
  options: { readonly maxOctets?: number } = {},
): PlainMessage | null {
  const maxOctets = options.maxOctets ?? MAX_FIELD_OCTETS;
  const first = message.indexOf(NUL);
  const second = message.indexOf(NUL, first + 1);
  if (first === -1 || second === -1) return null;
  const authzid = first === 0 ? '' : readIdentity(message.subarray(0, first), maxOctets);
  const user = readIdentity(message.subarray(first + 1, second), maxOctets);
  const password = new Uint8Array(message.subarray(second + 1));
  if (authzid === null || user === null || !isSafe(password, maxOctets)) return null;
  return { authzid, user, password };
}

/** Writes the message; a `TypeError` where the grammar cannot carry it. RFC 4616 §2. */
export function formatPlain(options: {
  readonly authzid?: string;
  readonly user: string;
  readonly password: string;
}): Uint8Array {
  const authzid = options.authzid ? writeField('authzid', options.authzid) : [];
  const user = writeField('user', options.user);
  const password = writeField('password', options.password);
  return Uint8Array.of(...authzid, NUL, ...user, NUL, ...password);
}
