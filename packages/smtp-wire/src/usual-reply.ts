/** What is said when a question is accepted and nothing else is asked for. */
import type { Reply } from '@postino/wire';
import { ehloLines } from './ehlo.ts';
import type { SmtpServerQuestion } from './events.ts';
import { REPLIES } from './replies.ts';
import type { SessionState } from './session-state.ts';

const USUAL = {
  auth: REPLIES.loggedIn,
  authResponse: REPLIES.loggedIn,
  mail: REPLIES.senderOk,
  rcpt: REPLIES.recipientOk,
  verify: REPLIES.cannotVerify,
  data: REPLIES.content,
  message: REPLIES.ok,
} as const;

const GREETING = { smtp: 'ESMTP Postino', lmtp: 'LMTP Postino' } as const;

/**
 * The reply that accepts, with what the application would rather say in it. The host's name always leads the greeting
 * and the answer to EHLO, and neither has a status. RFC 5321 §4.2, §4.1.1.1; RFC 2034 §4.
 */
export function usualReply(
  question: SmtpServerQuestion,
  said: Partial<Reply> | undefined,
  state: SessionState,
): Reply {
  if (question.type !== 'connect' && question.type !== 'hello') {
    const usual = USUAL[question.type];
    return said ? { ...usual, ...said } : usual;
  }
  const { hostname, protocol } = state.options;
  if (question.type === 'connect')
    return { code: 220, text: named(hostname, said?.text ?? GREETING[protocol]) };
  const lines = named(hostname, said?.text ?? `Hello ${question.name}`);
  return { code: 250, text: question.extended ? [...lines, ...ehloLines(state.offer)] : lines };
}

function named(hostname: string, text: Reply['text']): string[] {
  const [first, ...more] = [text].flat();
  return [`${hostname} ${first ?? ''}`, ...more];
}
