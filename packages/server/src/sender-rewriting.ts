/** Senders of what is forwarded, rewritten so that SPF passes at the other end and bounces find their way (SRS). */
import { createHmac } from 'node:crypto';
import type { ForwardPath, ReversePath } from '@postino/address';
import { srs, type Srs, type SrsHmac } from '@postino/router';
import type { Clock } from './clock.ts';
import type { SrsConfig } from './config/config.ts';

export class SenderRewriting {
  readonly #srs: Srs | null;

  /** Without a secret nothing is rewritten. */
  constructor({ domain, secrets }: SrsConfig, clock: Clock) {
    const [first, ...others] = secrets.map(hmacWith);
    this.#srs = first ? srs({ hmacs: [first, ...others], domain, now: () => clock.now() }) : null;
  }

  /** The sender to forward a message from; one that cannot be rewritten stays as it is. */
  forward(sender: ReversePath): ReversePath {
    return this.#srs?.forward(sender) ?? sender;
  }

  /** Who a rewritten address stands for; null for one that we never wrote, or too long ago. */
  reverse(address: ForwardPath): ForwardPath | null {
    return this.#srs?.reverse(address) ?? null;
  }
}

function hmacWith(secret: string): SrsHmac {
  return (text) => createHmac('sha1', secret).update(text).digest();
}
