/** Whether an envelope can be said to a server at all: asked before a message is taken, or begun. */
import type { Envelope } from '@postino/address';
import { envelopeSteps } from './envelope-steps.ts';
import { parseExtensions } from './extensions.ts';

/** A server that takes every parameter there is. */
const ALL = parseExtensions({
  code: 250,
  text: ['', 'SIZE', '8BITMIME', 'SMTPUTF8', 'DSN', 'REQUIRETLS', 'CHUNKING', 'BINARYMIME'],
});

/**
 * Why `SmtpClient.begin` would throw at this envelope: an address, ENVID, NOTIFY, ORCPT or RET that cannot be written, or
 * nobody to send to. Null when it would not. RFC 5321 §4.1.1.2, §4.1.1.3; RFC 3461 §4.
 */
export function envelopeFault(envelope: Envelope): string | null {
  try {
    envelopeSteps(envelope, {}, ALL);
    return null;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
