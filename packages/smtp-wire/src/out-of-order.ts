/** What to say to a command that `ORDER` does not have in this phase. RFC 5321 §4.1.4. */
import type { Reply } from '@postino/wire';
import type { ResolvedOptions } from './options.ts';
import type { Phase, Verb } from './order.ts';
import { REPLIES } from './replies.ts';

/** The reply that names what would be right. RFC 5321 §4.1.4. */
export function outOfOrder(
  phase: Phase,
  verb: Verb,
  { protocol }: Pick<ResolvedOptions, 'protocol'>,
): Reply {
  if (phase === 'refused') return REPLIES.notWelcome;
  const extension = verb === 'STARTTLS' || verb === 'AUTH';
  if (phase === 'hello' && protocol === 'lmtp') return REPLIES.lhloFirst;
  if (phase === 'hello') return extension ? REPLIES.ehloFirst : REPLIES.helloFirst;
  if (phase === 'chunks') return extension ? REPLIES.notInTransaction : REPLIES.chunksOnly;
  if (phase === 'ready') return REPLIES.mailFirst;
  if (extension) return REPLIES.notInTransaction;
  return verb === 'MAIL' ? REPLIES.senderGiven : REPLIES.recipientFirst;
}
