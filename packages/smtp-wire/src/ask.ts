/** From the machine's questions to the application's methods, and back. */
import type { Reply } from '@postino/wire';
import type { Answer, AuthAnswer, MessageAnswer, SmtpApp } from './app.ts';
import type { SessionContext } from './context.ts';
import type { SmtpServerEvent, SmtpServerQuestion } from './events.ts';
import { HOST_REPLIES, REPLIES } from './replies.ts';
import type { SmtpServer } from './server.ts';

/** What the application is asked: the questions, and whether it still wants the content. */
export type Asked = SmtpServerQuestion | Extract<SmtpServerEvent, { readonly type: 'content' }>;
export type AnyAnswer = MessageAnswer | AuthAnswer;

/** Puts one to the application. */
export function ask(
  app: SmtpApp,
  asked: Asked,
  context: SessionContext,
): AnyAnswer | Promise<AnyAnswer> {
  switch (asked.type) {
    case 'content':
      return app.content?.(asked.bytes, context);
    case 'mail':
      return app.mail?.(asked.from, asked.params, context);
    case 'rcpt':
      return app.rcpt(asked.to, asked.params, context);
    case 'data':
      return app.data?.(asked.how, context);
    case 'message':
      return app.message(asked.size, context);
    case 'hello':
      return app.hello?.(asked.name, context);
    case 'verify':
      return app.verify?.(asked.text, context);
    case 'auth':
      return app.auth?.(asked.mechanism, asked.initial, context);
    case 'authResponse':
      return app.authResponse?.(asked.bytes, context);
    case 'connect':
      context.early = asked.early;
      return app.connect?.(context);
  }
}

/** Takes the application's answer to the machine; a `TypeError` where it is none. */
export function settle(
  session: SmtpServer,
  asked: Asked,
  answer: AnyAnswer,
  context: SessionContext,
): void {
  if (asked.type === 'content') {
    if (answer) session.refuse(asReply(answer));
  } else if (asked.type === 'auth' || asked.type === 'authResponse')
    settleAuth(session, answer, context);
  else if (asked.type === 'message' && isList(answer))
    session.acceptEach(answer.map((each) => each ?? REPLIES.ok));
  else if (!answer) session.accept();
  else {
    const reply = asReply(answer);
    if (reply.code < 400) session.accept(reply);
    else session.reject(reply);
  }
}

/** Only a name logs in: neither silence nor a good reply does. */
function settleAuth(session: SmtpServer, answer: AnyAnswer, context: SessionContext): void {
  if (answer && 'challenge' in answer) session.challenge(answer.challenge);
  else if (answer && 'user' in answer && typeof answer.user === 'string') {
    context.user = answer.user;
    session.accept();
  } else session.reject(asReply(answer));
}

function isList(answer: AnyAnswer): answer is readonly Answer[] {
  return Array.isArray(answer);
}

function asReply(answer: AnyAnswer): Reply {
  if (!answer || !('code' in answer))
    throw new TypeError('the application gave no reply where one was due');
  return answer;
}

/** What the peer hears when the application failed. RFC 5321 §4.2.2, RFC 4954 §6. */
export function failure(session: SmtpServer, asked: Asked): Reply {
  if (asked.type === 'connect') return HOST_REPLIES.unavailable(session.hostname);
  const auth = asked.type === 'auth' || asked.type === 'authResponse';
  return auth ? REPLIES.authenticationUnavailable : REPLIES.localError;
}
