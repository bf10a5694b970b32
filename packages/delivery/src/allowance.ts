/** What a server still takes over one connection, as it said itself. RFC 9422. */
import type { EnvelopeRecipient } from '@postino/address';
import type { Extensions } from '@postino/smtp-wire';
import { domainKey } from './destinations.ts';

export class Allowance {
  readonly #recipients: number;
  readonly #maxDomains: number;
  /** Those that were named so far. */
  readonly #domains = new Set<string>();
  #transactions: number;
  #missed = false;

  /** `recipients`: of one transaction, where the server has no lower limit. */
  constructor(
    { maxMessages, maxRecipients, maxRecipientDomains }: Extensions,
    { recipients }: { readonly recipients: number },
  ) {
    this.#transactions = maxMessages ?? Infinity;
    this.#recipients = Math.min(recipients, maxRecipients ?? Infinity);
    this.#maxDomains = maxRecipientDomains ?? Infinity;
  }

  /** Another connection is needed. */
  get spent(): boolean {
    return this.#transactions === 0 || this.#missed;
  }

  /** Who goes in the next transaction, by their index; none where another connection is needed for all. */
  take(waiting: readonly number[], to: readonly EnvelopeRecipient[]): number[] {
    if (this.spent) return [];
    const batch: number[] = [];
    for (const index of waiting) {
      if (batch.length === this.#recipients) break;
      if (this.#admits(to[index]!)) batch.push(index);
    }
    this.#missed = batch.length === 0;
    this.#transactions--;
    return batch;
  }

  #admits({ address: { domain } }: EnvelopeRecipient): boolean {
    const name = domainKey(domain);
    if (!this.#domains.has(name) && this.#domains.size >= this.#maxDomains) return false;
    this.#domains.add(name);
    return true;
  }
}
