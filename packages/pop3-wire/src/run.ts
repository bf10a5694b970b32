/**
 * The loop: the machine's orders onto a wire, its questions to the application. It knows no socket and no timer.
 */
import { CancelSource, type Cancel, type Wire } from '@postino/wire';
import type { Answer, Content, Pop3App, Pop3Context } from './app.ts';
import { ask, settle } from './ask.ts';
import type { Given } from './ask.ts';
import type { CloseReason, Pop3Question, Pop3ServerEvent } from './events.ts';
import { REFUSALS } from './replies.ts';
import type { Pop3Server } from './server.ts';

const MINUTE = 60_000;
/** For the client to take what is written: as long as it may be silent. RFC 1939 §3. */
const WRITE_TIMEOUT = 10 * MINUTE;

export interface RunOptions {
  /** Ends the session before its next command: `-ERR [SYS/TEMP]`, and nothing is removed. One per session. */
  readonly stop?: Cancel;
  /** Milliseconds that the client may take nothing of what is written; default 10 minutes. */
  readonly writeTimeout?: number;
  /** Told what the application threw, what broke a message on its way out, and why the wire broke. */
  readonly onError?: (error: unknown) => void;
}

/** How a session ended; `broken`: the wire did. */
export type SessionEnd = CloseReason | 'broken';

/**
 * Runs a session to its end; the wire is then closed. Every write is awaited, so content flows as fast as the client
 * takes it. An answer that is no promise is not awaited: the replies to pipelined commands then leave together. An
 * application that throws means `-ERR [SYS/TEMP]`. `run` itself rejects only for a `StateError`, a fault of our own.
 *
 * Not done: a limit on the time that the application takes, and hearing while it does that the client has gone.
 */
export async function run(
  session: Pop3Server,
  wire: Wire,
  app: Pop3App,
  options: RunOptions = {},
): Promise<SessionEnd> {
  const cancel = new CancelSource();
  const room = { session, wire, app, options, cancel, context: contextOf(session, wire, cancel) };
  try {
    return await serve(room);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    options.onError?.(error.cause);
    return 'broken';
  } finally {
    cancel.fire();
    wire.destroy();
    await guarded(room, () => app.closed?.(room.context));
  }
}

/** What every part of the loop needs. */
interface Room {
  readonly session: Pop3Server;
  readonly wire: Wire;
  readonly app: Pop3App;
  readonly options: RunOptions;
  readonly cancel: CancelSource;
  readonly context: Pop3Context;
}

/** The wire failed; `cause` says how. It tells the world's fault from ours, and from the application's. */
class Broken extends Error {
  override readonly name = 'Broken';
}

function contextOf(session: Pop3Server, wire: Wire, cancel: Cancel): Pop3Context {
  return {
    peer: wire.peer,
    local: wire.local,
    cancel,
    get tls() {
      return wire.tls;
    },
    get utf8() {
      return session.utf8;
    },
    get user() {
      return session.user;
    },
  };
}

async function serve(room: Room): Promise<SessionEnd> {
  const { session, wire } = room;
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
    const heard = await ofWire(wire.read(session.timeout, stop?.aborted ? undefined : stop));
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
    const given = asked instanceof Promise ? await meanwhile(room, asked) : asked;
    content = settle(session, given);
  } catch (error) {
    if (error instanceof Broken) throw error;
    options.onError?.(error);
    session.reject(REFUSALS.temporary);
  }
  if (content) await push(room, content);
}

/**
 * The answer of an application that takes its time: what was said before leaves meanwhile. The answer is awaited even
 * where the wire breaks, so that `closed` comes after it.
 */
async function meanwhile(room: Room, asked: Promise<Given>): Promise<Given> {
  const [given, sent] = await Promise.allSettled([asked, flushUnlessSoon(room, asked)]);
  if (sent.status === 'rejected') throw sent.reason;
  if (given.status === 'rejected') throw given.reason;
  return given.value;
}

/** What an async method with no real wait in it takes to settle. */
const TURNS = 4;

async function flushUnlessSoon(room: Room, asked: Promise<Given>): Promise<void> {
  const isSoon = asked.then(
    () => true,
    () => true,
  );
  if (await Promise.race([isSoon, later()])) return;
  await flush(room);
}

async function later(): Promise<false> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
  return false;
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
async function write({ wire, options, cancel }: Room, bytes: Uint8Array): Promise<void> {
  try {
    await wire.write(bytes, options.writeTimeout ?? WRITE_TIMEOUT);
  } catch (cause) {
    cancel.fire();
    throw new Broken('the wire takes nothing more', { cause });
  }
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
