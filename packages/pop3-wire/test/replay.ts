/** Drives the machine by hand through a session, with a small application of the test's own. */
import { asciiBytes, latin1, latin1Bytes } from '@postino/wire';
import { Pop3Server } from '../src/index.ts';
import type { Pop3ServerEvent } from '../src/index.ts';
import { entriesOf, sizeOf } from './transcript.ts';
import type { Setup } from './transcript.ts';

const TLS = { protocol: 'TLSv1.3', cipher: 'any', authorized: false };

export interface Result {
  readonly said: string;
  readonly events: readonly string[];
  /** The octets of each `send`. */
  readonly sends: readonly number[];
}

/** How bytes are cut: the client's, and the content's. */
export type Cut = (bytes: Uint8Array) => Iterable<Uint8Array>;

export function* whole(bytes: Uint8Array): Iterable<Uint8Array> {
  yield bytes;
}

/** Pieces of so many octets. */
export function every(octets: number): Cut {
  return function* (bytes) {
    for (let at = 0; at < bytes.length; at += octets) yield bytes.subarray(at, at + octets);
  };
}

/** Two pieces, cut there. */
export function at(place: number): Cut {
  return function* (bytes) {
    yield bytes.subarray(0, place);
    yield bytes.subarray(place);
  };
}

/** Replays what the client says, a part for each TLS state. */
export function replay(
  setup: Setup,
  parts: readonly string[],
  cuts: { client: Cut; content: Cut } = { client: whole, content: whole },
): Result {
  const room = new Room(setup, cuts.content);
  for (const part of parts) {
    room.pull();
    for (const chunk of cuts.client(latin1Bytes(part))) {
      if (room.waits) room.session.receive(chunk);
      room.pull();
    }
    if (room.handshake) room.secured();
  }
  return room.result();
}

class Room {
  readonly session: Pop3Server;
  handshake = false;
  #closed = false;
  #setup: Setup;
  #cut: Cut;
  #said = '';
  #sends: number[] = [];
  #events: string[] = [];

  constructor(setup: Setup, cut: Cut) {
    this.session = new Pop3Server(setup.options);
    this.#setup = setup;
    this.#cut = cut;
  }

  /** Whether the peer may speak. */
  get waits(): boolean {
    return !this.#closed && !this.handshake;
  }

  pull(): void {
    for (let event; (event = this.session.next());) this.#obey(event);
  }

  secured(): void {
    this.handshake = false;
    this.session.secured(TLS);
  }

  result(): Result {
    return { said: this.#said, events: this.#events, sends: this.#sends };
  }

  #obey(event: Pop3ServerEvent): void {
    switch (event.type) {
      case 'send':
        this.#said += latin1(event.bytes);
        this.#sends.push(event.bytes.length);
        break;
      case 'startTls':
        this.handshake = true;
        this.#events.push('startTls');
        break;
      case 'close':
        this.#closed = true;
        this.#events.push(`close ${event.reason}`);
        break;
      case 'authCancelled':
        this.#events.push('authCancelled');
        break;
      case 'login':
        this.#events.push(`login ${event.user} ${latin1(event.password)}`);
        this.#login(event.user, latin1(event.password));
        break;
      case 'auth':
        this.#events.push(
          `auth ${event.mechanism}${event.initial ? ` ${show(event.initial)}` : ''}`,
        );
        this.#plain(event.initial);
        break;
      case 'authResponse':
        this.#events.push(`authResponse ${show(event.bytes)}`);
        this.#plain(event.bytes);
        break;
      case 'retrieve':
        this.#events.push(`retrieve ${event.index}`);
        this.#retrieve(event.index);
        break;
      case 'update':
        this.#events.push(`update [${event.indexes.join(' ')}]`);
        if (this.#setup.updateRefusal) this.session.reject(this.#setup.updateRefusal);
        else this.session.accept();
    }
  }

  #login(user: string, password: string): void {
    const refusal =
      this.#setup.users.get(user) === password
        ? this.#setup.loginRefusal
        : { text: 'Authentication failed.' };
    if (refusal) this.session.reject(refusal);
    else this.session.accept({ entries: entriesOf(this.#setup), user });
  }

  #plain(bytes: Uint8Array | null): void {
    if (bytes === null) return this.session.challenge(asciiBytes(''));
    const [, user = '', password = ''] = latin1(bytes).split('\0');
    this.#login(user, password);
  }

  #retrieve(index: number): void {
    if (this.#setup.expunged.has(index)) {
      return this.session.reject({ text: `Message ${index + 1} expunged.` });
    }
    const text = this.#setup.messages[index] ?? '';
    const isBroken = this.#setup.broken.has(index);
    this.session.accept({ size: sizeOf(text) });
    const bytes = latin1Bytes(isBroken ? text.slice(0, text.length / 2) : text);
    for (const chunk of this.#cut(bytes)) {
      const isWanted = this.session.content(chunk);
      this.pull();
      if (!isWanted) break;
    }
    if (isBroken) this.session.fail();
    else this.session.done();
  }
}

function show(bytes: Uint8Array): string {
  return latin1(bytes).replaceAll('\0', '|');
}
