/** Passwords judged for both protocols: all users, one memory of wrong guesses. */
import {
  loginServer,
  plainServer,
  scramServer,
  tlsExporter,
  type SaslServer,
  type SaslStep,
} from '@postino/sasl';
import type { Cancel, Endpoint, TlsInfo } from '@postino/wire';
import type { Accounts } from './accounts.ts';
import type { Count } from './count.ts';
import { GuessLimiter } from './guess-limiter.ts';

/** What one connection may log in with. */
export interface LoginOffer {
  /** In the order of preference; what is bound to TLS only where there is one. */
  readonly mechanisms: (tls: TlsInfo | null) => readonly string[];
  /** Of the users' SCRAM hashes; null where SCRAM is not offered. */
  readonly iterations: number | null;
}

const WITH_PASSWORD = ['PLAIN', 'LOGIN'];

/** Where a guess comes from, and whether anybody still waits for the answer. */
export interface Guesser {
  readonly peer: Endpoint;
  readonly tls: TlsInfo | null;
  readonly cancel: Cancel;
}

export class Logins {
  readonly #accounts: Accounts;
  readonly #limiter: GuessLimiter;
  readonly #count: Count;

  /** `maxDelay`: the longest wait before a guess, in milliseconds. */
  constructor(accounts: Accounts, { maxDelay, count }: { maxDelay: number; count: Count }) {
    this.#accounts = accounts;
    this.#limiter = new GuessLimiter({ maxDelay });
    this.#count = count;
  }

  /**
   * Whether this is the user's password; rejects when that cannot be found out. Who guessed wrong before waits first:
   * to hang up early then gains nothing, since the guess was not looked at.
   */
  async verify(user: string, password: Uint8Array, { peer, cancel }: Guesser): Promise<boolean> {
    await sleep(this.#limiter.delay(peer.address, Date.now()), cancel);
    if (cancel.aborted) return false;
    const right = await this.#accounts.verify(user, password);
    this.#judged(right, peer);
    return right;
  }

  /** The name under which the server knows whoever has logged in as this. */
  userOf(login: string): string {
    return this.#accounts.userOf(login);
  }

  /**
   * What is offered to a connection that begins now. SCRAM only where all users have a hash for it: clients take the best
   * that is offered, and would shut the others out.
   */
  async offer(): Promise<LoginOffer> {
    const iterations = await this.#accounts.scramIterations();
    if (iterations === null) return { mechanisms: () => WITH_PASSWORD, iterations };
    const scram = ['SCRAM-SHA-256', ...WITH_PASSWORD];
    const mechanisms = (tls: TlsInfo | null): string[] =>
      tlsExporter(tls) ? ['SCRAM-SHA-256-PLUS', ...scram] : scram;
    return { mechanisms, iterations };
  }

  /** One SASL exchange, for a mechanism of the offer. */
  exchange(mechanism: string, guesser: Guesser, offer: LoginOffer): SaslServer {
    if (mechanism === 'SCRAM-SHA-256' || mechanism === 'SCRAM-SHA-256-PLUS')
      return this.#scram(mechanism, guesser, offer);
    const verify = (user: string, password: Uint8Array): Promise<boolean> =>
      this.verify(user, password, guesser);
    return mechanism === 'LOGIN' ? loginServer({ verify }) : plainServer({ verify });
  }

  /** A wrong proof is a wrong guess, and who guessed wrong before waits before the server's first word. */
  #scram(
    mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS',
    { peer, tls, cancel }: Guesser,
    { iterations }: LoginOffer,
  ): SaslServer {
    const server = scramServer({
      mechanism,
      channelBinding: tlsExporter(tls),
      ...(iterations !== null && { decoyIterations: iterations }),
      credentials: async (user) => {
        await sleep(this.#limiter.delay(peer.address, Date.now()), cancel);
        return this.#accounts.scram(user);
      },
    });
    const counted = (step: SaslStep): SaslStep => {
      if (step.type === 'success') this.#judged(true, peer);
      else if (step.type === 'failure' && step.reason === 'credentials') this.#judged(false, peer);
      return step;
    };
    return {
      start: async (initial) => counted(await server.start(initial)),
      step: async (response) => counted(await server.step(response)),
    };
  }

  #judged(right: boolean, { address }: Endpoint): void {
    this.#count('logins', { result: right ? 'right' : 'wrong' });
    if (!right) this.#limiter.wrong(address, Date.now());
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
