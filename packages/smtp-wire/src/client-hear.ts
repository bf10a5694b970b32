/** What a reply does to the client's session: the hearing half of the machine. */
import type { Reply } from '@postino/wire';
import type { ClientSession } from './client-session.ts';
import { FIRST_DIGITS } from './client-order.ts';
import { CLIENT_REPLIES } from './client-replies.ts';
import type { Step } from './command-window.ts';
import type { Outcome } from './outcome.ts';
import { replyClass } from './reply.ts';
import type { Transaction } from './transaction.ts';

export function hear(session: ClientSession, reply: Reply): void {
  if (reply.code === 421) return session.fail('shutdown', reply);
  const step = session.window.answered();
  if (!step) return hearUnasked(session, reply);
  if (!FIRST_DIGITS[step.phase].includes(replyClass(reply)))
    return session.fail('broken', CLIENT_REPLIES.wrongClass, step.phase);
  const outcome: Outcome = { reply, phase: step.phase, local: false };
  switch (step.phase) {
    case 'connect':
    case 'hello':
    case 'startTls':
      return hearOpening(session, outcome);
    case 'auth':
      return hearAuth(session, outcome);
    case 'reset':
      if (reply.code >= 400) session.refuse(outcome);
      else session.unfinished = false;
      break;
    case 'mail':
    case 'rcpt':
    case 'data':
    case 'content':
      return hearTransaction(session, step, outcome);
    case 'quit':
      return session.close('quit');
  }
}

/** Some recipient was accepted. */
export function beginContent(session: ClientSession, transaction: Transaction): void {
  transaction.beginContent();
  session.move('wantContent');
  session.news.push({ type: 'wantContent' });
}

export function endAuth(session: ClientSession, outcome: Outcome): void {
  session.exchange = null;
  session.move('authEnded');
  session.news.push({ type: 'authEnded', ...outcome });
}

/** Within content a refusal counts; all else is out of turn. */
function hearUnasked(session: ClientSession, reply: Reply): void {
  if (session.transaction?.inContent && reply.code >= 400) session.refuseContent(reply);
  else session.fail('broken', CLIENT_REPLIES.unasked);
}

function hearOpening(session: ClientSession, outcome: Outcome): void {
  const lead = session.opening.hear(outcome);
  if (lead === 'ready') {
    session.move('ready');
    session.news.push({ type: 'ready', extensions: session.opening.extensions });
  } else if (lead === 'startTls') startTls(session);
  else if ('refusal' in lead) session.refuse(lead.refusal);
  else session.steps.push(lead);
}

/** What lies behind the reply came in the clear and must never be taken for what comes inside. RFC 3207 §4.2, §6. */
function startTls(session: ClientSession): void {
  if (session.replies.buffered) return session.fail('broken', CLIENT_REPLIES.injected, 'startTls');
  session.move('startTls');
  session.order = { type: 'startTls' };
}

function hearAuth(session: ClientSession, outcome: Outcome): void {
  if (replyClass(outcome.reply) !== 3) return endAuth(session, outcome);
  const asked = session.exchange!.challenge(outcome.reply);
  if (typeof asked === 'string') session.steps.push({ phase: 'auth', line: asked });
  else session.news.push({ type: 'authChallenge', bytes: asked });
}

// Not done: 552 is not taken for 452, RFC 5321 §4.5.3.1.10; an outcome is what the server said.
function hearTransaction(session: ClientSession, step: Step, outcome: Outcome): void {
  const transaction = session.transaction!;
  const lead = transaction.hear(step, outcome);
  if (lead === 'content') beginContent(session, transaction);
  else if (lead === 'broken') session.fail('broken', CLIENT_REPLIES.wrongClass, step.phase);
  else if (lead === 'stopped' && session.state === 'content') session.move('stopped');
}
