/** One message on its way out: what is still to be said, and which recipients have no result yet. RFC 5321 §3.3. */
import type { Envelope } from '@postino/address';
import type { Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import { mailLine, needsSmtpUtf8, rcptLine } from './envelope-commands.ts';
import type { Extensions } from './extensions.ts';

/** How MAIL was answered. */
type MailAnswer = 'none' | 'accepted' | 'refused';

export class Transaction {
  /** Those whom RCPT accepted. */
  readonly accepted: number[] = [];
  readonly #steps: readonly Step[];
  readonly #undecided: Set<number>;
  #said = 0;
  mail: MailAnswer = 'none';
  /** The server has replied to the end of the content, so its own transaction is over. RFC 5321 §4.1.1.4. */
  ended = false;

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
   * What may be said next. DATA is not said once it is known that nobody takes the message, nor is anything where MAIL
   * was refused. RFC 2920 §3.1.
   */
  get next(): Step | null {
    if (this.mail === 'refused' || this.#undecided.size === 0) return null;
    this.#skipDecided();
    return this.#steps[this.#said] ?? null;
  }

  said(): void {
    this.#said++;
  }

  /** Takes one that has no result yet out of the list; false when it has one. */
  decide(index: number): boolean {
    return this.#undecided.delete(index);
  }

  /** The recipients without a result: they have one from here on. */
  decideRest(): number[] {
    const rest = [...this.#undecided];
    this.#undecided.clear();
    return rest;
  }

  /** Those who have a result already are not asked about. */
  #skipDecided(): void {
    for (;;) {
      const index = this.#steps[this.#said]?.index;
      if (index === undefined || this.#undecided.has(index)) return;
      this.#said++;
    }
  }
}
