/** Why a message, or one of its recipients, cannot go to this server: found before the server is asked. */
import type { Envelope, EnvelopeRecipient } from '@postino/address';
import type { Reply, TlsInfo } from '@postino/wire';
import { CLIENT_REPLIES } from './client-replies.ts';
import type { ContentFacts } from './connection-types.ts';
import { hasUtf8LocalPart } from './envelope-commands.ts';
import type { Extensions } from './extensions.ts';

/** What the connection can do. */
export interface Abilities {
  readonly extensions: Extensions;
  readonly tls: TlsInfo | null;
  /** Octets from which on a chunk is sent, where content goes in chunks; null: it goes behind DATA. RFC 3030 §2. */
  readonly chunk: number | null;
}

/** Why nobody can get it; null when nothing is in the way. */
export function messageObstacle(
  envelope: Envelope,
  facts: ContentFacts,
  { extensions: server, tls, chunk }: Abilities,
): Reply | null {
  if (envelope.requireTls && !tls?.authorized) return CLIENT_REPLIES.tlsNeeded;
  if (envelope.requireTls && !server.requireTls) return CLIENT_REPLIES.requireTls;
  if (envelope.body === 'BINARYMIME' && !(server.binaryMime && chunk !== null))
    return CLIENT_REPLIES.binary;
  if (isEightBit(envelope, facts) && !server.eightBitMime) return CLIENT_REPLIES.eightBit;
  if ((envelope.smtpUtf8 || hasUtf8LocalPart(envelope.from)) && !server.smtpUtf8)
    return CLIENT_REPLIES.utf8Message;
  return isTooBig(facts, server) ? CLIENT_REPLIES.tooBig : null;
}

/** Why this one cannot get it. RFC 6531 §3.5. */
export function recipientObstacle(
  { address }: EnvelopeRecipient,
  server: Extensions,
): Reply | null {
  return hasUtf8LocalPart(address) && !server.smtpUtf8 ? CLIENT_REPLIES.utf8Recipient : null;
}

/** Why a login is not even tried. RFC 4954 §4. */
export function loginObstacle(
  mechanism: string,
  { extensions, tls, plaintext }: Omit<Abilities, 'chunk'> & { readonly plaintext: boolean },
): Reply | null {
  if (!tls && !plaintext) return CLIENT_REPLIES.notInTheClear;
  return extensions.mechanisms.includes(mechanism) ? null : CLIENT_REPLIES.noMechanism;
}

/** RFC 6152 §3. */
function isEightBit(envelope: Envelope, facts: ContentFacts): boolean {
  if (envelope.body === 'BINARYMIME') return false;
  return facts.eightBit ?? envelope.body === '8BITMIME';
}

/** RFC 1870 §6. */
function isTooBig({ size }: ContentFacts, { maxMessageSize }: Extensions): boolean {
  return size !== undefined && maxMessageSize !== null && size > maxMessageSize;
}
