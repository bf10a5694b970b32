/** Makes guessing passwords slow, for the network that guesses and for nobody else. It has no clock: times come in. */
import { isIPv6 } from 'node:net';

/** Milliseconds to wait before the second guess; each further one waits twice as long. Our choice. */
const FIRST_DELAY = 1000;
/** Milliseconds after which a network's wrong guesses are forgotten. Our choice. */
const FORGET_AFTER = 15 * 60_000;
/** Networks that are remembered; the one that was quiet longest goes first. Our choice. */
const MAX_NETWORKS = 10_000;

interface Guesses {
  readonly wrong: number;
  readonly last: number;
}

export class GuessLimiter {
  readonly #maxDelay: number;
  /** In the order of their last wrong guess. */
  readonly #networks = new Map<string, Guesses>();

  /** `maxDelay` is in milliseconds. */
  constructor({ maxDelay }: { maxDelay: number }) {
    this.#maxDelay = maxDelay;
  }

  /** Milliseconds that a guess from this address must wait. */
  delay(address: string, now: number): number {
    const wrong = this.#wrong(networkOf(address), now);
    return wrong === 0 ? 0 : Math.min(this.#maxDelay, FIRST_DELAY * 2 ** (wrong - 1));
  }

  /** A guess was wrong. A right one changes nothing, or who has one account could clear the way to the others. */
  wrong(address: string, now: number): void {
    const network = networkOf(address);
    const wrong = this.#wrong(network, now) + 1;
    this.#networks.delete(network);
    this.#networks.set(network, { wrong, last: now });
    if (this.#networks.size > MAX_NETWORKS) this.#forgetOldest();
  }

  #wrong(network: string, now: number): number {
    const guesses = this.#networks.get(network);
    return guesses && now - guesses.last <= FORGET_AFTER ? guesses.wrong : 0;
  }

  #forgetOldest(): void {
    for (const network of this.#networks.keys()) {
      this.#networks.delete(network);
      return;
    }
  }
}

/** An IPv4 address, or the /64 that one subscriber has of IPv6. RFC 6177 §2. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const whole = [
    ...groups,
    ...Array<string>(missing).fill('0'),
    ...(tail ?? '').split(':').filter(Boolean),
  ];
  return whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
