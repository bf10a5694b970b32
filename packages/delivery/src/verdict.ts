/** What an outcome means for a recipient, and whether another host is asked. */
import type { RecipientResult, Told } from './types.ts';

export interface Verdict {
  readonly status: RecipientResult['status'];
  /** No other host is asked. */
  readonly final: boolean;
}

/**
 * A server that knows the recipient or the message speaks for its domain: its 5xx is final. All that is said before that
 * speaks for this host alone. RFC 5321 §4.2.1, §5.1.
 */
export function judge(told: Told): Verdict {
  const { reply, phase } = told;
  if (reply.code < 400) return { status: 'delivered', final: true };
  // Another host would take it a second time. RFC 1047.
  if (told.unknown || phase === 'own') return { status: 'deferred', final: true };
  if (reply.code < 500 || isForOperator(told) || isTooMany(told))
    return { status: 'deferred', final: false };
  return { status: 'failed', final: phase === 'plan' || isAboutMessage(told) };
}

/** A login or a certificate that does not fit is for the operator to mend; no sender should get a message back for it. */
function isForOperator({ phase, local }: Told): boolean {
  return phase === 'auth' || (phase === 'startTls' && !local);
}

/**
 * Said of the message or the recipient by a server, or by ourselves of its content. What this host cannot take, found
 * before it was asked (SIZE, SMTPUTF8, REQUIRETLS), another may.
 */
function isAboutMessage({ phase, local }: Told): boolean {
  if (phase === 'content') return true;
  return !local && (phase === 'mail' || phase === 'rcpt' || phase === 'data');
}

/** Whether RCPT was refused since there were enough: the rest goes in another transaction. RFC 5321 §4.5.3.1.10. */
export function isTooMany({ reply, phase, local }: Told): boolean {
  if (phase !== 'rcpt' || local) return false;
  return reply.code === 452 || (reply.code === 552 && TOO_MANY.has(reply.status));
}

/** What stands beside a 552 of that kind; a mailbox that is full has 5.2.2. RFC 3463 §3.3, §3.6. */
const TOO_MANY = new Set([undefined, '5.0.0', '5.5.3']);
