/** One message on its way out: what is still to be said, which recipients have no result yet, and its content. RFC 5321 §3.3. */
import type { Envelope } from '@postino/address';
import type { Reply } from '@postino/wire';
import { ChunkedContent } from './chunked-content.ts';
import type { SmtpClientNews } from './client-events.ts';
import type { Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import type { ContentWriter } from './content-writer.ts';
import { DottedContent } from './dotted-content.ts';
import { envelopeSteps } from './envelope-steps.ts';
import { messageObstacle, recipientObstacle, type Abilities } from './obstacles.ts';
import type { Outcome } from './outcome.ts';

const DATA: Step = { phase: 'data', line: 'DATA\r\n' };
/** Ends content that nobody gets. Had it a recipient, that would be a message. */
const LONE_DOT: Step = { phase: 'content', line: '.\r\n' };
const VERDICT: Step = { phase: 'content', line: '' };

export interface TransactionSetting extends Abilities {
  readonly protocol: 'smtp' | 'lmtp';
  /** Where the results are told. */
  readonly news: SmtpClientNews[];
}

/** Where a reply leads: to the content, to its end before its time, or to the end of the connection. */
export type TransactionLead = 'content' | 'stopped' | 'broken' | null;

export class Transaction {
  readonly #setting: TransactionSetting;
  readonly #undecided: Set<number>;
  readonly #accepted: number[] = [];
  readonly #binary: boolean;
  /** What is said, in this order. */
  readonly #steps: Step[];
  #said = 0;
  #mailAccepted = false;
  #ended = false;
  #content: ContentWriter | null = null;

  /**
   * Writes all its commands; a `TypeError` where one cannot be written. Whom the server cannot serve is told so at once.
   */
  constructor(envelope: Envelope, facts: ContentFacts, setting: TransactionSetting) {
    const steps = envelopeSteps(envelope, facts, setting.extensions);
    this.#setting = setting;
    this.#steps = setting.chunk === null ? [...steps, DATA] : steps;
    this.#undecided = new Set(envelope.to.keys());
    this.#binary = envelope.body === 'BINARYMIME';
    this.#refuseInAdvance(envelope, facts);
  }

  /**
   * What may be said next: nothing more once everybody has an outcome, as when MAIL was refused, or RCPT to all.
   * RFC 2920 §3.1.
   */
  get next(): Step | null {
    for (; this.#said < this.#steps.length; this.#said++) {
      const step = this.#steps[this.#said]!;
      if (this.#matters(step)) return step;
    }
    return null;
  }

  said(): void {
    this.#said++;
  }

  /** MAIL was accepted and there was no end: it still stands on the server. RFC 5321 §4.1.1.5. */
  get open(): boolean {
    return this.#mailAccepted && !this.#ended;
  }

  /** Content is being sent, or was. */
  get inContent(): boolean {
    return this.#content !== null;
  }

  /** All has been said and answered that comes before the first chunk. RFC 3030 §2. */
  get awaitsChunks(): boolean {
    return this.#setting.chunk !== null && !this.#content && this.#undecided.size > 0;
  }

  /** Takes the reply to a step. */
  hear(step: Step, outcome: Outcome): TransactionLead {
    const { phase, index } = step;
    const refused = outcome.reply.code >= 400;
    if (phase === 'mail') this.#mailAccepted = !refused;
    if (phase === 'content') return this.#hearContent(step, outcome);
    if (phase === 'data' && !refused) return this.#goAhead();
    if (refused) this.#tell(index === undefined ? this.#rest() : this.#only(index), outcome);
    else if (index !== undefined) this.#accepted.push(index);
    return null;
  }

  /** Some recipient was accepted, and its content may come. */
  beginContent(): void {
    const { chunk, extensions } = this.#setting;
    const rules = { eightBit: extensions.eightBitMime, binary: this.#binary };
    this.#content = chunk === null ? new DottedContent(rules) : new ChunkedContent(chunk, rules);
  }

  /** A piece of the content: what goes to the wire, or why that cannot. */
  write(bytes: Uint8Array): readonly Uint8Array[] | Reply {
    const written = this.#content!.write(bytes);
    if (!('pieces' in written)) return written;
    if (written.answered) this.#steps.push({ ...VERDICT, more: true });
    return written.pieces;
  }

  /** The content is whole. One reply is to come, or with LMTP one for each recipient that was accepted. RFC 2033 §4.2. */
  endContent(): readonly Uint8Array[] | Reply {
    const written = this.#content!.end();
    if (!('pieces' in written)) return written;
    const isLmtp = this.#setting.protocol === 'lmtp';
    this.#steps.push(
      ...(isLmtp ? this.#accepted.map((index) => ({ ...VERDICT, index })) : [VERDICT]),
    );
    return written.pieces;
  }

  /** It ends here: the outcome of all who have none. */
  end(outcome: Outcome): void {
    this.#tell(this.#rest(), outcome);
    this.#setting.news.push({ type: 'finished' });
  }

  #refuseInAdvance(envelope: Envelope, facts: ContentFacts): void {
    const reply = messageObstacle(envelope, facts, this.#setting);
    if (reply) this.#tell(this.#rest(), { reply, phase: 'mail', local: true });
    for (const [index, recipient] of envelope.to.entries()) {
      const reply = recipientObstacle(recipient, this.#setting.extensions);
      if (reply) this.#tell(this.#only(index), { reply, phase: 'rcpt', local: true });
    }
  }

  /** Those who have an outcome already are not asked about. */
  #matters({ phase, index }: Step): boolean {
    if (phase === 'content') return true;
    return index === undefined ? this.#undecided.size > 0 : this.#undecided.has(index);
  }

  #goAhead(): TransactionLead {
    if (this.open && this.#accepted.length > 0) return 'content';
    if (this.#accepted.length > 0 || this.#setting.protocol === 'lmtp') return 'broken';
    this.#steps.push(LONE_DOT);
    return null;
  }

  /** A chunk that failed leaves the transaction where it was, and no more may follow. RFC 3030 §2. */
  #hearContent({ index, more }: Step, outcome: Outcome): TransactionLead {
    const refused = outcome.reply.code >= 400;
    if (more && !refused) return null;
    this.#ended ||= !refused || this.#setting.chunk === null;
    this.#tell(index === undefined ? this.#rest() : this.#only(index), outcome);
    return more ? 'stopped' : null;
  }

  #tell(indexes: readonly number[], outcome: Outcome): void {
    for (const index of indexes) this.#setting.news.push({ type: 'recipient', index, ...outcome });
  }

  /** The one, where it has no outcome yet; it has from here on. */
  #only(index: number): number[] {
    return this.#undecided.delete(index) ? [index] : [];
  }

  /** All that have no outcome yet; they have from here on. */
  #rest(): number[] {
    const rest = [...this.#undecided];
    this.#undecided.clear();
    return rest;
  }
}
