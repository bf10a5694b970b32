/** An open maildrop on a server: list, fetch, mark, leave. */
import type { Sink } from '@postino/wire';
import type { Command } from './command.ts';
import { refusal, type Pop3ClientLoop } from './client-loop.ts';
import type { Pop3Failure } from './connection-types.ts';
import { parseSizes, parseUids, type ListedMessage } from './message-list.ts';

const ODD_LIST: Pop3Failure = { text: 'the listing of the server cannot be understood' };

/** What `connectPop3` gives. What the server refuses is a value; what a sink throws rejects, and cuts the connection. */
export class Pop3Connection {
  readonly #loop: Pop3ClientLoop;

  constructor(loop: Pop3ClientLoop) {
    this.#loop = loop;
  }

  /** The messages, in the order of their numbers, with the ids by which they are known the next time. RFC 1939 §5, §7. */
  async list(): Promise<{ messages: ListedMessage[] } | { failure: Pop3Failure }> {
    const listed = await this.#listing('LIST', parseSizes);
    if ('failure' in listed) return listed;
    const known = await this.#listing('UIDL', parseUids);
    // UIDL is optional: a server without it says no, and the messages have no ids.
    if ('failure' in known && known.failure.status === undefined) return known;
    const uids = 'failure' in known ? new Map<number, string>() : known.values;
    const messages = [...listed.values].map(([number, size]) => ({
      number,
      size,
      uid: uids.get(number) ?? null,
    }));
    return { messages: messages.toSorted((one, other) => one.number - other.number) };
  }

  /** Pours a message into a sink; only the whole of it is kept. It stays on the server. RFC 1939 §5 (RETR). */
  retrieve<T>(number: number, sink: Sink<T>): Promise<{ kept: T } | { failure: Pop3Failure }> {
    return this.#pour({ verb: 'RETR', number }, sink);
  }

  /** Pours the header and so many lines of the body into a sink. RFC 1939 §7 (TOP). */
  top<T>(
    number: number,
    lines: number,
    sink: Sink<T>,
  ): Promise<{ kept: T } | { failure: Pop3Failure }> {
    return this.#pour({ verb: 'TOP', number, lines }, sink);
  }

  /** Marks a message; `quit` removes what is marked. RFC 1939 §5 (DELE). */
  mark(number: number): Promise<Pop3Failure | null> {
    return this.#say({ verb: 'DELE', number });
  }

  /** Takes all marks away. RFC 1939 §5 (RSET). */
  unmark(): Promise<Pop3Failure | null> {
    return this.#say({ verb: 'RSET' });
  }

  /** Keeps the session alive. RFC 1939 §5 (NOOP). */
  noop(): Promise<Pop3Failure | null> {
    return this.#say({ verb: 'NOOP' });
  }

  /** Removes what is marked and leaves. A failure: perhaps not all of it was removed. RFC 1939 §6. */
  async quit(): Promise<Pop3Failure | null> {
    return this.#say({ verb: 'QUIT' });
  }

  /** Leaves without removing anything: the connection is cut. RFC 1939 §6. */
  abandon(): Promise<void> {
    return this.#loop.abandon();
  }

  async #say(command: Command): Promise<Pop3Failure | null> {
    return refusal(await this.#loop.say(command));
  }

  async #listing<T>(
    verb: 'LIST' | 'UIDL',
    parse: (text: string) => Map<number, T> | null,
  ): Promise<{ values: Map<number, T> } | { failure: Pop3Failure }> {
    const listed = await this.#loop.list({ verb, number: null });
    if ('failure' in listed) return listed;
    const values = parse(listed.text);
    return values ? { values } : { failure: ODD_LIST };
  }

  async #pour<T>(command: Command, sink: Sink<T>): Promise<{ kept: T } | { failure: Pop3Failure }> {
    let failure: Pop3Failure | null;
    try {
      failure = await this.#loop.pour(command, (bytes) => sink.write(bytes));
    } catch (error) {
      await sink.abort();
      throw error;
    }
    if (!failure) return { kept: await sink.end() };
    await sink.abort();
    return { failure };
  }
}
