/** Opens a session: greeting, EHLO, TLS, login. */
import { StateError, type Wire } from '@postino/wire';
import { SmtpClient } from './client.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { ClientLoop } from './client-loop.ts';
import { CLIENT_REPLIES } from './client-replies.ts';
import { SmtpConnection } from './connection.ts';
import type { ClientMechanism, ConnectOptions } from './connection-types.ts';

/** A connection that is ready, or why there is none: nothing is left open then. */
export type Connected = { readonly connection: SmtpConnection } | { readonly failure: Outcome };

/**
 * Speaks up to where messages may be sent. Nothing that the server or the wire does is thrown: it is the `failure`, and
 * then the connection is closed. A failed handshake has the phase `startTls`: another connection may do without.
 */
export async function connectSmtp(wire: Wire, options: ConnectOptions): Promise<Connected> {
  const loop = new ClientLoop(new SmtpClient({ tls: wire.tls, ...options }), wire, options);
  try {
    return await open(loop, new SmtpConnection(loop, wire), options.mechanisms ?? null);
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

async function open(
  loop: ClientLoop,
  connection: SmtpConnection,
  mechanisms: readonly ClientMechanism[] | null,
): Promise<Connected> {
  const news = await loop.news();
  // A server may be ready and hang up in one breath.
  if (news.type !== 'ready' || loop.closed) return { failure: failureOf(loop) };
  const failure = mechanisms ? await logIn(loop, mechanisms) : null;
  if (!failure) return { connection };
  await connection.close();
  return { failure };
}

/** Logs in with the first mechanism that is offered; why that failed, or null. RFC 4954 §4. */
async function logIn(
  loop: ClientLoop,
  mechanisms: readonly ClientMechanism[],
): Promise<Outcome | null> {
  const offered = loop.session.extensions.mechanisms;
  const chosen = mechanisms.find(({ mechanism }) => offered.includes(mechanism.toUpperCase()));
  if (!chosen) return { reply: CLIENT_REPLIES.noLogin, phase: 'auth', local: true };
  loop.session.authenticate(chosen.mechanism, chosen.start());
  for (;;) {
    const news = await loop.news();
    if (loop.closed) return failureOf(loop);
    if (news.type === 'authChallenge') loop.session.respond(chosen.step(news.bytes));
    else if (news.type === 'authEnded') return news.reply.code < 400 ? null : outcomeOf(news);
  }
}

/** Before we have quit a session ends by failure alone. */
function failureOf({ closed }: ClientLoop): Outcome {
  if (!closed?.failure) throw new StateError('the session has not failed');
  return closed.failure;
}
