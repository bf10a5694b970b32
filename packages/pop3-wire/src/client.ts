/**
 * The client's side of a POP3 session, without I/O: bytes in, events and bytes out. It is not asked, it asks: one command
 * at a time. RFC 1939, RFC 2449, RFC 2595, RFC 5034.
 *
 * Invariants:
 * - Drain rule: `receive()` only after `next()` gave null. Memory is one chunk and one line.
 * - One command: the next one only after the answer to the last, and after the end of its content.
 * - Not its turn: octets that nothing was asked for end the session, before TLS above all. RFC 2595 §4.
 * - Views: `content.bytes` lies in the chunk handed in; no chunk is written to.
 * - Nothing else in: no clock, randomness, environment or log.
 */
import { asciiBytes, DotReader, encodeBase64, LineReader, StateError } from '@postino/wire';
import type { Pop3ClientEnd, Pop3ClientEvent } from './client-events.ts';
import { DEFAULT_CLIENT_LIMITS, type Pop3ClientLimits } from './client-limits.ts';
import type { Command } from './command.ts';
import { formatCommand } from './format-command.ts';
import { parseChallenge, parseStatus, type Status } from './status-line.ts';

/** What is waited for: `idle` is nothing, and `handshake` is TLS. */
type Waiting = 'greeting' | 'idle' | 'answer' | 'content' | 'response' | 'handshake' | 'closed';

export class Pop3Client {
  readonly #limits: Pop3ClientLimits;
  readonly #lines: LineReader;
  #dots = new DotReader();
  #waiting: Waiting = 'greeting';
  #command: Command | null = null;
  #events: Pop3ClientEvent[] = [];
  #drained = false;

  constructor(limits: Partial<Pop3ClientLimits> = {}) {
    this.#limits = { ...DEFAULT_CLIENT_LIMITS, ...limits };
    this.#lines = new LineReader(this.#limits.statusLine);
  }

  /** Milliseconds for the server to say the next thing; 0 while nothing is asked of it. */
  get timeout(): number {
    const { reply } = this.#limits;
    return this.#waiting === 'idle' || this.#waiting === 'closed' ? 0 : reply;
  }

  /** Says a command. Only when nothing else is waited for; an argument that breaks its line is a `TypeError`. */
  command(command: Command): void {
    if (this.#waiting !== 'idle') throw new StateError(`a command while ${this.#waiting}`);
    const bytes = formatCommand(command);
    this.#command = command;
    this.#lines.limit = this.#limits[command.verb === 'AUTH' ? 'challengeLine' : 'statusLine'];
    this.#ask(bytes);
  }

  /** Answers a challenge; null cancels the exchange. RFC 5034 §4. */
  respond(response: Uint8Array | null): void {
    if (this.#waiting !== 'response') throw new StateError('respond() without a challenge');
    this.#ask(asciiBytes(`${response ? encodeBase64(response) : '*'}\r\n`));
  }

  /** Bytes from the server. Only when `next()` gave null. */
  receive(chunk: Uint8Array): void {
    this.#leaveRest('receive');
    if (this.#waiting === 'content') this.#dots.push(chunk);
    else this.#lines.push(chunk);
  }

  /** The server ended its side. */
  ended(): void {
    this.#leaveRest('ended');
    this.#close('closed', 'the server closed the connection');
  }

  /** The server took longer than `timeout`. */
  expire(): void {
    this.#leaveRest('expire');
    this.#close('timeout', 'the server took too long');
  }

  /** Ends the session from our side, at any moment; `why` is for people. */
  abort(why: string): void {
    this.#close('aborted', why);
  }

  /** TLS stands: all that was said before is forgotten. RFC 2595 §4. */
  secured(): void {
    if (this.#waiting !== 'handshake') throw new StateError('secured() without startTls');
    this.#lines.reset();
    this.#waiting = 'idle';
  }

  /** The next event, or null when the server or the next command is waited for. */
  next(): Pop3ClientEvent | null {
    for (;;) {
      const event = this.#events.shift();
      if (event) return event;
      if (this.#waiting === 'closed' || !this.#hear()) {
        this.#drained = true;
        return null;
      }
    }
  }

  /** Takes the next thing out of what was received; false: there is none. */
  #hear(): boolean {
    if (this.#waiting === 'content') return this.#hearContent();
    if (this.#waiting !== 'answer' && this.#waiting !== 'greeting') return this.#hearNothing();
    const line = this.#lines.next();
    if (!line) return false;
    if (line.fault) this.#close('broken', `a line of the server is broken: ${line.fault}`);
    else if (!this.#hearChallenge(line.bytes)) this.#hearStatus(parseStatus(line.bytes));
    return true;
  }

  /** Octets that nobody asked for. */
  #hearNothing(): boolean {
    if (this.#lines.buffered === 0) return false;
    this.#close('broken', 'the server speaks when it is not its turn');
    return true;
  }

  #hearContent(): boolean {
    const bytes = this.#dots.next();
    if (bytes) this.#events.push({ type: 'content', bytes });
    if (bytes || !this.#dots.ended) return bytes !== null;
    this.#lines.push(this.#dots.rest());
    this.#waiting = 'idle';
    this.#events.push({ type: 'contentEnd', fault: this.#dots.fault });
    return true;
  }

  #hearChallenge(line: Uint8Array): boolean {
    const bytes = this.#command?.verb === 'AUTH' ? parseChallenge(line) : null;
    if (!bytes) return false;
    this.#waiting = 'response';
    this.#events.push({ type: 'challenge', bytes });
    return true;
  }

  #hearStatus(status: Status | null): void {
    if (!status) return this.#close('broken', 'the server says what is no POP3');
    if (this.#waiting === 'greeting') return this.#greeted(status);
    const content = status.ok && this.#hasContent();
    this.#events.push({ type: 'answer', status, content });
    if (content) this.#beginContent();
    else this.#goOn(status);
  }

  #greeted(greeting: Status): void {
    if (!greeting.ok) return this.#close('refused', greeting.text);
    this.#waiting = 'idle';
    this.#events.push({ type: 'ready', greeting });
  }

  /** Whether a yes to the command is followed by lines. RFC 1939 §3, §5, RFC 2449 §5. */
  #hasContent(): boolean {
    const command = this.#command;
    if (!command) return false;
    if (command.verb === 'LIST' || command.verb === 'UIDL') return command.number === null;
    return command.verb === 'RETR' || command.verb === 'TOP' || command.verb === 'CAPA';
  }

  #beginContent(): void {
    this.#waiting = 'content';
    this.#dots = new DotReader();
    this.#dots.push(this.#lines.rest());
  }

  #goOn(status: Status): void {
    const verb = this.#command?.verb;
    this.#waiting = 'idle';
    if (verb === 'QUIT') this.#close('quit', status.text);
    else if (verb === 'STLS' && status.ok) this.#beginTls();
  }

  #beginTls(): void {
    if (this.#hearNothing()) return;
    this.#waiting = 'handshake';
    this.#events.push({ type: 'startTls' });
  }

  #ask(bytes: Uint8Array): void {
    this.#waiting = 'answer';
    this.#events.push({ type: 'send', bytes });
  }

  #close(reason: Pop3ClientEnd, why: string): void {
    if (this.#waiting === 'closed') return;
    this.#waiting = 'closed';
    this.#events.push({ type: 'close', reason, why });
  }

  #leaveRest(what: string): void {
    if (!this.#drained) throw new StateError(`${what}() while the machine has more to say`);
    this.#drained = false;
  }
}
