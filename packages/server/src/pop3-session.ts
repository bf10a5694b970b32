/** What the POP3 machine asks, answered from the passwd file and the Maildirs. One object a session. */
import { GoneError, type Entry, type Lock, type Maildir } from '@postino/maildir';
import type { Challenge, Content, Opened, Pop3App, Pop3Context, Refusal } from '@postino/pop3-wire';
import type { SaslServer, SaslStep } from '@postino/sasl';
import type { Logger } from './log.ts';
import type { LoginOffer, Logins } from './logins.ts';
import type { Mailboxes } from './mailboxes.ts';

/** What all sessions share. */
export interface Pop3Services {
  readonly logins: Logins;
  readonly mailboxes: Mailboxes;
}

/** RFC 3206 §4. */
const WRONG: Refusal = { code: 'AUTH', text: 'Authentication failed.' };
const MALFORMED: Refusal = { code: 'AUTH', text: 'This is no message of the mechanism.' };
/** RFC 3206 §4. */
const TEMPORARY: Refusal = {
  code: 'SYS/TEMP',
  text: 'Temporary authentication failure, try later.',
};
/** RFC 2449 §8.1.1. */
const IN_USE: Refusal = { code: 'IN-USE', text: 'The mailbox is open in another POP3 session.' };
const GONE: Refusal = { text: 'The message was removed by another program.' };
const NOT_REMOVED: Refusal = { code: 'SYS/TEMP', text: 'Some messages could not be removed.' };

/** A maildrop that is open, and ours alone. */
interface Maildrop {
  readonly maildir: Maildir;
  readonly lock: Lock;
  readonly entries: readonly Entry[];
}

/** Of one connection. */
export interface Pop3SessionOptions {
  readonly offer: LoginOffer;
  readonly log: Logger;
}

export class Pop3Session implements Pop3App {
  readonly #services: Pop3Services;
  readonly #offer: LoginOffer;
  readonly #log: Logger;
  #exchange: SaslServer | null = null;
  #maildrop: Maildrop | null = null;

  constructor(services: Pop3Services, { offer, log }: Pop3SessionOptions) {
    this.#services = services;
    this.#offer = offer;
    this.#log = log;
  }

  async login(user: string, password: Uint8Array, context: Pop3Context): Promise<Opened | Refusal> {
    const right = await this.#services.logins.verify(user, password, context);
    return right ? this.#open(user) : this.#refuse(user);
  }

  async auth(
    mechanism: string,
    initial: Uint8Array | null,
    context: Pop3Context,
  ): Promise<Challenge | Opened | Refusal> {
    this.#exchange = this.#services.logins.exchange(mechanism, context, this.#offer);
    return this.#answer(await this.#exchange.start(initial));
  }

  async authResponse(bytes: Uint8Array): Promise<Challenge | Opened | Refusal> {
    return this.#exchange ? this.#answer(await this.#exchange.step(bytes)) : TEMPORARY;
  }

  authCancelled(): void {
    this.#exchange = null;
  }

  /** The first piece is read before the answer, so that a message that has gone is refused and not broken off. */
  async retrieve(index: number): Promise<Content | Refusal> {
    const { maildir, entries } = this.#maildrop!;
    const entry = entries[index]!;
    const content = maildir.read(entry)[Symbol.asyncIterator]();
    try {
      const first = await content.next();
      return { size: entry.size, content: first.done ? [] : resumed(first.value, content) };
    } catch (error) {
      if (error instanceof GoneError) return GONE;
      throw error;
    }
  }

  async update(indexes: readonly number[]): Promise<void | Refusal> {
    const { maildir, entries } = this.#maildrop!;
    const results = await Promise.allSettled(
      indexes.map((index) => maildir.remove(entries[index]!).catch(ifGone)),
    );
    this.closed();
    const failures = results.filter((result) => result.status === 'rejected');
    this.#log.info({ removed: results.length - failures.length }, 'maildrop updated');
    if (failures.length === 0) return;
    this.#log.error({ err: failures[0]!.reason, failures: failures.length }, 'not removed');
    return NOT_REMOVED;
  }

  closed(): void {
    this.#maildrop?.lock.release();
    this.#maildrop = null;
  }

  #answer(step: SaslStep): Challenge | Opened | Refusal | Promise<Opened | Refusal> {
    if (step.type === 'challenge') return { challenge: step.bytes };
    this.#exchange = null;
    if (step.type === 'success') return this.#open(step.user);
    if (step.reason === 'malformed') return MALFORMED;
    if (step.reason === 'credentials') return this.#refuse(null);
    this.#log.error({ err: step.cause }, 'passwords cannot be checked');
    return TEMPORARY;
  }

  #refuse(user: string | null): Refusal {
    this.#log.warn({ user }, 'wrong password');
    return WRONG;
  }

  /** The user was found in a passwd file. */
  async #open(login: string): Promise<Opened | Refusal> {
    const { logins, mailboxes } = this.#services;
    const user = logins.userOf(login);
    const maildir = await mailboxes.of(user);
    const lock = await maildir.lock();
    if (!lock) return IN_USE;
    try {
      this.#maildrop = { maildir, lock, entries: await maildir.list() };
    } catch (error) {
      lock.release();
      throw error;
    }
    const { entries } = this.#maildrop;
    this.#log.info({ user, messages: entries.length }, 'logged in');
    return { entries, user };
  }
}

/** The content from its beginning, of which the first piece was taken off already. */
async function* resumed(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** What another program removed is removed. */
function ifGone(error: unknown): void {
  if (!(error instanceof GoneError)) throw error;
}
