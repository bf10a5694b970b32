/** One message on its way out: what is still to be said, and which recipients have no result yet. RFC 5321 §3.3. */
import type { Envelope } from '@postino/address';
import type { Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import { mailLine, needsSmtpUtf8, rcptLine } from './envelope-commands.ts';
import type { Extensions } from './extensions.ts';

export class Transaction {
  readonly #steps: readonly Step[];
  readonly #undecided: Set<number>;
  readonly #accepted: number[] = [];
  #said = 0;
  #mailAccepted = false;
  #ended = false;

  /** Writes all its commands; a `TypeError` where one cannot be written. */
  constructor(envelope: Envelope, facts: ContentFacts, server: Extensions) {
    const utf8 = server.smtpUtf8 && needsSmtpUtf8(envelope);
    this.#undecided = new Set(envelope.to.keys());
    this.#steps = [
      { phase: 'mail', line: mailLine(envelope, facts, server) },
      ...envelope.to.map((recipient, index): Step => ({
        phase: 'rcpt',
        line: rcptLine(recipient, server, utf8),
        index,
      })),
      { phase: 'data', line: 'DATA\r\n' },
    ];
  }

  /**
   * What may be said next: nothing more once everybody has an outcome, as when MAIL was refused, or RCPT to all.
   * RFC 2920 §3.1.
   */
  get next(): Step | null {
    if (this.#undecided.size === 0) return null;
    this.#skipDecided();
    return this.#steps[this.#said] ?? null;
  }

  said(): void {
    this.#said++;
  }

  /** Those whom RCPT accepted, in the order of their commands. */
  get accepted(): readonly number[] {
    return this.#accepted;
  }

  /** MAIL was accepted and there was no end of data: it still stands on the server. RFC 5321 §4.1.1.5. */
  get open(): boolean {
    return this.#mailAccepted && !this.#ended;
  }

  /** Whose outcome a reply is; they have one from here on. */
  hear({ phase, index }: Step, refused: boolean): number[] {
    if (phase === 'mail') this.#mailAccepted = !refused;
    if (phase === 'content') this.#ended = true;
    else if (!refused) {
      if (index !== undefined) this.#accepted.push(index);
      return [];
    }
    return index === undefined ? this.decideRest() : this.decide(index);
  }

  /** The one, where it has no outcome yet. */
  decide(index: number): number[] {
    return this.#undecided.delete(index) ? [index] : [];
  }

  /** All that have no outcome yet. */
  decideRest(): number[] {
    const rest = [...this.#undecided];
    this.#undecided.clear();
    return rest;
  }

  /** Those who have an outcome already are not asked about. */
  #skipDecided(): void {
    for (;;) {
      const index = this.#steps[this.#said]?.index;
      if (index === undefined || this.#undecided.has(index)) return;
      this.#said++;
    }
  }
}
