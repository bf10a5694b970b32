/**
 * The loop: the machine's orders onto a wire, its questions to the application. It knows no socket and no timer.
 */
import type { Cancel, Wire } from '@postino/wire';
import type { Answer, Challenge, Content, Pop3App, Pop3Context } from './app.ts';
import type { CloseReason, Opened, Pop3Question, Pop3ServerEvent, Refusal } from './events.ts';
import { REFUSALS } from './replies.ts';
import type { Pop3Server } from './server.ts';

export interface RunOptions {
  /** Stops the session at the next place where that is allowed: `-ERR [SYS/TEMP]`, nothing is removed. */
  readonly cancel?: Cancel;
  /** Milliseconds that the client has to take what is written; 0, the default, leaves it to the wire. */
  readonly writeTimeout?: number;
  /** Hears what the application threw, and what broke a message on its way out; the client only learns `[SYS/TEMP]`. */
  readonly onError?: (error: unknown) => void;
}

/** How a session ended: the machine's reason, or `broken` with the error when the connection or its TLS failed. */
export interface SessionEnd {
  readonly reason: CloseReason | 'broken';
  readonly error?: unknown;
}

const NEVER: Cancel = { aborted: false, addEventListener() {} };

/**
 * Runs a session to its end; the wire is then closed. Every write is awaited, so content flows as fast as the client
 * takes it. An answer that is no promise is not awaited: the replies to pipelined commands then leave together.
 * It rejects only for a fault of our own, a `StateError`.
 */
export async function run(
  session: Pop3Server,
  wire: Wire,
  app: Pop3App,
  options: RunOptions = {},
): Promise<SessionEnd> {
  const context = contextOf(session, wire, options.cancel ?? NEVER);
  const room: Room = { session, wire, app, context, options };
  try {
    return await serve(room);
  } catch (error) {
    if (error instanceof Broken) return { reason: 'broken', error: error.cause };
    throw error;
  } finally {
    wire.destroy();
    await guarded(room, () => app.closed?.(context));
  }
}

function contextOf(session: Pop3Server, wire: Wire, cancel: Cancel): Pop3Context {
  return {
    peer: wire.peer,
    local: wire.local,
    cancel,
    get tls() {
      return wire.tls;
    },
    get user() {
      return session.user;
    },
  };
}

/** What every part of the loop needs. */
interface Room {
  readonly session: Pop3Server;
  readonly wire: Wire;
  readonly app: Pop3App;
  readonly context: Pop3Context;
  readonly options: RunOptions;
}

/** The wire failed; `cause` says how. It tells the world's fault from ours, and from the application's. */
class Broken extends Error {
  override readonly name = 'Broken';
}

async function serve(room: Room): Promise<SessionEnd> {
  for (;;) {
    for (let event; (event = next(room));) {
      if (event.type === 'close') {
        await ofWire(room.wire.close());
        return { reason: event.reason };
      }
      await carryOut(room, event);
    }
    await receive(room);
  }
}

function next({ session, context }: Room): Pop3ServerEvent | null {
  if (context.cancel.aborted) session.shutdown();
  return session.next();
}

async function receive({ session, wire, context }: Room): Promise<void> {
  const got = await ofWire(wire.read(session.timeout, context.cancel));
  if (got === null) session.ended();
  else if (got === 'timeout') session.expire();
  else if (got === 'cancelled') session.shutdown();
  else session.receive(got);
}

async function carryOut(
  room: Room,
  event: Exclude<Pop3ServerEvent, { type: 'close' }>,
): Promise<void> {
  switch (event.type) {
    case 'send':
      return write(room, event.bytes);
    case 'startTls':
      return room.session.secured(await ofWire(room.wire.startTls()));
    case 'authCancelled':
      return guarded(room, () => room.app.authCancelled?.(room.context));
    default:
      return answer(room, event);
  }
}

/** Puts a question to the application and its answer to the machine. What the application throws is its own trouble. */
async function answer(room: Room, question: Pop3Question): Promise<void> {
  const { session, options } = room;
  let content: Content['content'] | undefined;
  try {
    const asked = ask(room, question);
    const given = asked instanceof Promise ? await meanwhile(room, asked) : asked;
    content = settle(session, given);
  } catch (error) {
    if (error instanceof Broken) throw error;
    options.onError?.(error);
    session.reject(REFUSALS.temporary);
  }
  if (content) await push(room, content);
}

type Given = Opened | Content | Challenge | Refusal | void;

function ask({ app, context }: Room, question: Pop3Question): Answer<Given> {
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

/**
 * Sends what was said before, while the application thinks. Its answer is awaited even where the wire breaks, so that
 * `closed` comes after it.
 */
async function meanwhile(room: Room, asked: Promise<Given>): Promise<Given> {
  const [given, sent] = await Promise.allSettled([asked, flush(room)]);
  if (sent.status === 'rejected') throw sent.reason;
  if (given.status === 'rejected') throw given.reason;
  return given.value;
}

/** Gives the answer to the machine; what comes back is content to push. */
function settle(session: Pop3Server, given: Given): Content['content'] | undefined {
  if (given && 'text' in given) session.reject(given);
  else if (given && 'challenge' in given) session.challenge(given.challenge);
  else session.accept(given ?? undefined);
  return given && 'content' in given ? given.content : undefined;
}

async function push(room: Room, content: Content['content']): Promise<void> {
  const { session, options } = room;
  try {
    for await (const bytes of content) {
      const isWanted = session.content(bytes);
      await flush(room);
      if (!isWanted) break;
    }
  } catch (error) {
    if (error instanceof Broken) throw error;
    options.onError?.(error);
    return session.fail();
  }
  session.done();
}

/** While a question is open or content is on its way, the machine orders nothing but `send`. */
async function flush(room: Room): Promise<void> {
  for (let event; (event = room.session.next());) {
    if (event.type === 'send') await write(room, event.bytes);
  }
}

function write({ wire, options }: Room, bytes: Uint8Array): Promise<void> {
  return ofWire(wire.write(bytes, options.writeTimeout));
}

async function ofWire<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (cause) {
    throw new Broken('the wire failed', { cause });
  }
}

async function guarded({ options }: Room, call: () => Answer<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    options.onError?.(error);
  }
}
