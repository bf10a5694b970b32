/**
 * The loop: the machine's orders onto a wire, its questions to the application. It knows no socket and no timer.
 */
import { Listener, settlesSoon, type Cancel, type Waiting, type Wire } from '@postino/wire';
import type { Answer, Content, Pop3App } from './app.ts';
import { ask, settle } from './ask.ts';
import type { Given } from './ask.ts';
import { SessionContext } from './context.ts';
import type { CloseReason, Pop3Question, Pop3ServerEvent, Refusal } from './events.ts';
import { LateAnswers } from './late-answers.ts';
import { REFUSALS } from './replies.ts';
import type { Pop3Server } from './server.ts';

const MINUTE = 60_000;
/** For the client to take what is written: as long as it may be silent. RFC 1939 §3. */
const WRITE_TIMEOUT = 10 * MINUTE;
/** For an answer of the application: less than the five minutes after which clients give up. Ours. */
const ANSWER_TIMEOUT = 4 * MINUTE;

export interface RunOptions {
  /** Ends the session before its next command: `-ERR [SYS/TEMP]`, and nothing is removed. One per session. */
  readonly stop?: Cancel;
  /** Milliseconds that the client may take nothing of what is written; default 10 minutes. */
  readonly writeTimeout?: number;
  /** Milliseconds that an answer of the application may take before it counts as `-ERR [SYS/TEMP]`; default 4 minutes. */
  readonly answerTimeout?: number;
  /** Told what the application threw or took too long for, what broke a message on its way out, and why the wire broke. */
  readonly onError?: (error: unknown) => void;
}

/** How a session ended; `broken`: the wire did. */
export type SessionEnd = CloseReason | 'broken';

/**
 * Runs a session to its end; the wire is then closed. Every write is awaited, so content flows as fast as the client
 * takes it. An answer that is no promise is not awaited: the replies to pipelined commands then leave together. While one
 * that is a promise is pending, the client is listened to, and `context.cancel` fires when it leaves; but not for `update`,
 * since QUIT was said. An application that throws or is too slow means `-ERR [SYS/TEMP]`, and one that is too slow for
 * anything but `retrieve` ends the session. `run` itself rejects only for a `StateError`, a fault of our own.
 */
export async function run(
  session: Pop3Server,
  wire: Wire,
  app: Pop3App,
  options: RunOptions = {},
): Promise<SessionEnd> {
  const context = new SessionContext(session, wire);
  const listener = new Listener(wire, options.stop);
  const late = new LateAnswers(options.onError);
  const room = { session, wire, app, options, context, listener, late };
  try {
    return await serve(room);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    options.onError?.(error.cause);
    return 'broken';
  } finally {
    context.abandon();
    wire.destroy();
    await late.close(() => guarded(room, () => app.closed?.(context)));
  }
}

/** What every part of the loop needs. */
interface Room {
  readonly session: Pop3Server;
  readonly wire: Wire;
  readonly app: Pop3App;
  readonly options: RunOptions;
  readonly context: SessionContext;
  readonly listener: Listener;
  readonly late: LateAnswers;
}

/** The wire failed; `cause` says how. It tells the world's fault from ours, and from the application's. */
class Broken extends Error {
  override readonly name = 'Broken';
}

async function serve(room: Room): Promise<SessionEnd> {
  const { session, wire, listener } = room;
  const { stop } = room.options;
  if (stop?.aborted) session.shutdown();
  stop?.addEventListener('abort', () => session.shutdown());
  for (;;) {
    for (let event; (event = session.next());) {
      if (event.type === 'close') {
        await ofWire(wire.close());
        return event.reason;
      }
      await carryOut(room, event);
    }
    const heard = await ofWire(listener.read(session.timeout));
    if (heard === null) session.ended();
    else if (heard === 'timeout') session.expire();
    else if (heard !== 'cancelled') session.receive(heard);
  }
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
    const asked = ask(room.app, question, room.context);
    const given = asked instanceof Promise ? await meanwhile(room, question, asked) : asked;
    content = settle(session, given);
  } catch (error) {
    if (error instanceof Broken) throw error;
    options.onError?.(error);
    session.reject(REFUSALS.temporary);
  }
  if (content) await push(room, content);
}

/** The answer of an application that takes its time: what was said before leaves meanwhile, and the client is listened to. */
async function meanwhile(
  room: Room,
  question: Pop3Question,
  asked: Promise<Given>,
): Promise<Given> {
  if (await settlesSoon(asked)) return asked;
  try {
    await flush(room);
    const isInTime = await ofWire(room.listener.wait(asked, waiting(room, question)));
    return isInTime ? await asked : giveUp(room, question, asked);
  } catch (error) {
    if (error instanceof Broken) {
      room.context.abandon();
      // `closed` comes after the answer.
      await room.late.letGo(asked);
    }
    throw error;
  }
}

function waiting({ context, options }: Room, { type }: Pop3Question): Waiting {
  const { answerTimeout: timeout = ANSWER_TIMEOUT } = options;
  // QUIT was said, so removal goes on. RFC 1939 §6.
  return { timeout, left: () => type !== 'update' && context.abandon() };
}

/** The client hears that it was not done; where a maildrop may be open all the same, or emptied, the session ends. */
function giveUp(room: Room, { type }: Pop3Question, asked: Promise<Given>): Refusal {
  const { context, options, late } = room;
  context.giveUp();
  options.onError?.(new Error(`no answer to ${type} in time`));
  void late.letGo(asked);
  return { ...REFUSALS.temporary, close: type !== 'retrieve' };
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

/** Where this goes wrong, nobody waits for an answer any more. */
async function write({ wire, options, context }: Room, bytes: Uint8Array): Promise<void> {
  try {
    await wire.write(bytes, options.writeTimeout ?? WRITE_TIMEOUT);
  } catch (cause) {
    context.abandon();
    throw new Broken('the wire takes nothing more', { cause });
  }
}

async function ofWire<T>(done: T | Promise<T>): Promise<T> {
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
