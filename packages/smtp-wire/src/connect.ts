/** Opens a session: greeting, EHLO, TLS, login. */
import { StateError, type Wire } from '@postino/wire';
import { SmtpClient } from './client.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { ClientLoop } from './client-loop.ts';
import { CLIENT_REPLIES } from './client-replies.ts';
import { SmtpConnection } from './connection.ts';
import type { ClientMechanism, ClientMechanisms, ConnectOptions } from './connection-types.ts';
import type { Extensions } from './extensions.ts';

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
  mechanisms: ClientMechanisms | null,
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
async function logIn(loop: ClientLoop, mechanisms: ClientMechanisms): Promise<Outcome | null> {
  const { extensions, tls } = loop.session;
  const ways = typeof mechanisms === 'function' ? mechanisms(tls) : mechanisms;
  const chosen = ways.find(({ mechanism }) => isOffered(mechanism, extensions));
  if (!chosen) return { reply: CLIENT_REPLIES.noLogin, phase: 'auth', local: true };
  const initial = await chosen.start();
  if (loop.closed) return failureOf(loop);
  loop.session.authenticate(chosen.mechanism, initial);
  return exchange(loop, chosen);
}

async function exchange(loop: ClientLoop, way: ClientMechanism): Promise<Outcome | null> {
  for (;;) {
    const news = await loop.news();
    if (loop.closed) return failureOf(loop);
    if (news.type === 'authEnded') return verdict(outcomeOf(news), way);
    if (news.type !== 'authChallenge') continue;
    const answer = await way.step(news.bytes);
    // A `cancel` does not wait for an answer.
    if (loop.closed) return failureOf(loop);
    loop.session.respond(answer);
  }
}

function verdict(outcome: Outcome, { verified }: ClientMechanism): Outcome | null {
  if (outcome.reply.code >= 400) return outcome;
  return verified === false ? { ...outcome, reply: CLIENT_REPLIES.unproved, local: true } : null;
}

function isOffered(mechanism: string, { mechanisms }: Extensions): boolean {
  return mechanisms.includes(mechanism.toUpperCase());
}

/** Before we have quit a session ends by failure alone. */
function failureOf({ closed }: ClientLoop): Outcome {
  if (!closed?.failure) throw new StateError('the session has not failed');
  return closed.failure;
}
