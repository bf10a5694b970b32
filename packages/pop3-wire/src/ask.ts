/** From the machine's questions to the application's methods, and back. */
import type { Answer, Challenge, Content, Pop3App, Pop3Context } from './app.ts';
import type { Opened, Pop3Question, Refusal } from './events.ts';
import { REFUSALS } from './replies.ts';
import type { Pop3Server } from './server.ts';

export type Given = Opened | Content | Challenge | Refusal | void;

/** Puts a question to the application. */
export function ask(app: Pop3App, question: Pop3Question, context: Pop3Context): Answer<Given> {
  switch (question.type) {
    case 'login':
      return app.login(question.user, question.password, context);
    case 'auth':
      return app.auth?.(question.mechanism, question.initial, context) ?? REFUSALS.noSuchMechanism;
    case 'authResponse':
      return app.authResponse?.(question.bytes, context) ?? REFUSALS.noSuchMechanism;
    case 'retrieve':
      return app.retrieve(question.index, context);
    case 'update':
      return app.update(question.indexes, context);
  }
}

/** Takes the answer to the machine; what comes back is content to push. A `TypeError` where it fits no question. */
export function settle(session: Pop3Server, given: Given): Content['content'] | undefined {
  if (given && 'text' in given) session.reject(given);
  else if (given && 'challenge' in given) session.challenge(given.challenge);
  else session.accept(given ?? undefined);
  return given && 'content' in given ? given.content : undefined;
}
