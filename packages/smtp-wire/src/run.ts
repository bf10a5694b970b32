/** The loop: a session, a wire and an application, until one of them ends. The only place that awaits. */
import { Listener, settlesSoon, StateError, type Cancel, type Wire } from '@postino/wire';
import type { SmtpApp } from './app.ts';
import { ask, failure, settle, type AnyAnswer, type Asked } from './ask.ts';
import { SessionContext } from './context.ts';
import type { CloseReason } from './events.ts';
import type { SmtpServer } from './server.ts';

const MINUTE = 60_000;
/** For our octets to be taken by the peer; as long as it may be silent. RFC 5321 §4.5.3.2.7. */
const WRITE_TIMEOUT = 5 * MINUTE;
/** For an answer of the application: no client need wait longer for its 354. RFC 5321 §4.5.3.2.4. */
const ANSWER_TIMEOUT = 2 * MINUTE;

export interface RunOptions {
  /** Ends the session in good order: 421 at the next place where that is allowed. One per session. RFC 5321 §3.8. */
  readonly stop?: Cancel;
  /** Milliseconds that the peer may take nothing of what we write; default 5 minutes. */
  readonly writeTimeout?: number;
  /** Milliseconds that an answer of the application may take before it counts as 451; default 2 minutes. */
  readonly answerTimeout?: number;
  /** Told what the application threw or took too long for, and why the wire broke. */
  readonly onError?: (error: unknown) => void;
}

/** How a session ended; `broken`: the wire did. */
export type SessionEnd = CloseReason | 'broken';

/**
 * Runs a session to its end. Answers that are no promises are not awaited; while one that is a promise is pending, the
 * peer is listened to, and `context.cancel` fires when it leaves. An application that throws or is too slow means 451.
 */
export async function run(
  session: SmtpServer,
  wire: Wire,
  app: SmtpApp,
  options: RunOptions = {},
): Promise<SessionEnd> {
  const loop = new Loop(session, wire, app, options);
  try {
    return await loop.run();
  } catch (error) {
    wire.destroy();
    if (error instanceof StateError) throw error;
    options.onError?.(error);
    return 'broken';
  } finally {
    loop.context.abandon();
  }
}

class Loop {
  readonly context: SessionContext;
  readonly #session: SmtpServer;
  readonly #wire: Wire;
  readonly #app: SmtpApp;
  readonly #options: RunOptions;
  readonly #listener: Listener;

  constructor(session: SmtpServer, wire: Wire, app: SmtpApp, options: RunOptions) {
    this.context = new SessionContext(session, wire);
    this.#session = session;
    this.#wire = wire;
    this.#app = app;
    this.#options = options;
    const { stop } = options;
    if (stop?.aborted) session.shutdown();
    stop?.addEventListener('abort', () => session.shutdown());
    this.#listener = new Listener(wire, stop);
  }

  async run(): Promise<SessionEnd> {
    // Octets that are here already came before the greeting.
    if (this.#wire.buffered() > 0) await this.#hear();
    for (;;) {
      for (let event; (event = this.#session.next());) {
        switch (event.type) {
          case 'send':
            await this.#send(event.bytes);
            break;
          case 'reset':
          case 'authCancelled':
            this.#tell(event.type);
            break;
          case 'startTls':
            this.#session.secured(await this.#wire.startTls());
            this.context.user = undefined;
            break;
          case 'close':
            await this.#wire.close();
            return event.reason;
          default: {
            const answer = this.#ask(event);
            this.#settle(
              event,
              answer instanceof Promise ? await this.#wait(event, answer) : answer,
            );
          }
        }
      }
      await this.#hear();
    }
  }

  async #hear(): Promise<void> {
    const heard = await this.#listener.read(this.#session.timeout);
    if (heard === null) this.#session.ended();
    else if (heard === 'timeout') this.#session.expire();
    else if (heard !== 'cancelled') this.#session.receive(heard);
  }

  #send(bytes: Uint8Array): Promise<void> {
    return this.#wire.write(bytes, this.#options.writeTimeout ?? WRITE_TIMEOUT);
  }

  #tell(news: 'reset' | 'authCancelled'): void {
    try {
      this.#app[news]?.(this.context);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  /** Never throws and never rejects: what goes wrong in the application is an answer too. */
  #ask(asked: Asked): AnyAnswer | Promise<AnyAnswer> {
    try {
      const answer = ask(this.#app, asked, this.context);
      return answer instanceof Promise
        ? answer.catch((error: unknown) => this.#failed(asked, error))
        : answer;
    } catch (error) {
      return this.#failed(asked, error);
    }
  }

  async #wait(asked: Asked, answer: Promise<AnyAnswer>): Promise<AnyAnswer> {
    if (await settlesSoon(answer)) return answer;
    // What was said before goes out first; with a question open nothing else can come.
    if (asked.type !== 'content') {
      for (let event; (event = this.#session.next());)
        if (event.type === 'send') await this.#send(event.bytes);
    }
    const { answerTimeout: timeout = ANSWER_TIMEOUT } = this.#options;
    const left = (): void => this.context.abandon();
    if (await this.#listener.wait(answer, { timeout, left })) return answer;
    this.context.giveUp();
    return this.#failed(asked, new Error(`no answer to ${asked.type} within ${timeout} ms`));
  }

  #settle(asked: Asked, answer: AnyAnswer): void {
    try {
      settle(this.#session, asked, answer, this.context);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      settle(this.#session, asked, this.#failed(asked, error), this.context);
    }
  }

  #failed(asked: Asked, error: unknown): AnyAnswer {
    this.#options.onError?.(error);
    return failure(this.#session, asked);
  }
}
