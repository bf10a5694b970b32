/** Passwords judged for both protocols: one file of users, one memory of wrong guesses. */
import type { PasswdFile } from '@postino/passwd-md5';
import { loginServer, plainServer, type SaslServer } from '@postino/sasl';
import type { Cancel, Endpoint } from '@postino/wire';
import { GuessLimiter } from './guess-limiter.ts';
import type { Logger } from './log.ts';

/** The mechanisms that are offered, in the order of preference. */
export const MECHANISMS: readonly string[] = ['PLAIN', 'LOGIN'];

/** Where a guess comes from, and whether anybody still waits for the answer. */
export interface Guesser {
  readonly peer: Endpoint;
  readonly cancel: Cancel;
}

export class Logins {
  readonly #passwd: PasswdFile;
  readonly #limiter: GuessLimiter;
  readonly #log: Logger;
  #trouble: Error | null = null;

  /** `maxDelay`: the longest wait before a guess, in milliseconds. */
  constructor(passwd: PasswdFile, { maxDelay, log }: { maxDelay: number; log: Logger }) {
    this.#passwd = passwd;
    this.#limiter = new GuessLimiter({ maxDelay });
    this.#log = log;
  }

  /**
   * Whether this is the user's password; rejects when that cannot be found out. Who guessed wrong before waits first:
   * to hang up early then gains nothing, since the guess was not looked at.
   */
  async verify(user: string, password: Uint8Array, { peer, cancel }: Guesser): Promise<boolean> {
    await sleep(this.#limiter.delay(peer.address, Date.now()), cancel);
    if (cancel.aborted) return false;
    const right = await this.#passwd.verify(user, password);
    this.#tellTrouble();
    if (!right) this.#limiter.wrong(peer.address, Date.now());
    return right;
  }

  /** One SASL exchange, for a mechanism of `MECHANISMS`. */
  exchange(mechanism: string, guesser: Guesser): SaslServer {
    const verify = (user: string, password: Uint8Array): Promise<boolean> =>
      this.verify(user, password, guesser);
    return mechanism === 'LOGIN' ? loginServer({ verify }) : plainServer({ verify });
  }

  /** A file that cannot be read any more leaves the users as they were; each reason is told once. */
  #tellTrouble(): void {
    const { trouble } = this.#passwd;
    if (trouble && trouble.message !== this.#trouble?.message)
      this.#log.error({ err: trouble }, 'an older version of the passwd file is in use');
    this.#trouble = trouble;
  }
}

/** Resolves after so many milliseconds, or when nobody waits any more. */
function sleep(milliseconds: number, cancel: Cancel): Promise<void> {
  if (milliseconds === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    cancel.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
