/** A message to any number of recipients over one connection, in as many transactions as that takes. */
import type { Envelope } from '@postino/address';
import type { SmtpConnection } from '@postino/smtp-wire';
import type { Allowance } from './allowance.ts';
import type { Job } from './job.ts';
import type { Told } from './types.ts';
import { isTooMany } from './verdict.ts';

export interface Sent {
  /** By their index in the envelope. */
  readonly told: ReadonlyMap<number, Told>;
  /** Those for whom the server wants another connection. RFC 9422. */
  readonly left: readonly number[];
}

/**
 * Sends to recipients, which are indexes into the envelope. Those for whom there was no room go in another transaction,
 * as long as each brings somebody in. Rejects when the content does. RFC 5321 §4.5.3.1.8, §4.5.3.1.10.
 */
export async function sendToAll(
  { smtp, allowance }: { readonly smtp: SmtpConnection; readonly allowance: Allowance },
  job: Job,
  recipients: readonly number[],
): Promise<Sent> {
  const told = new Map<number, Told>();
  let waiting = [...recipients];
  while (waiting.length > 0 && !smtp.end) {
    const batch = allowance.take(waiting, job.envelope.to);
    if (batch.length === 0) return { told, left: waiting };
    const outcomes = await transact(smtp, job, batch);
    for (const [place, index] of batch.entries()) told.set(index, outcomes[place]!);
    const someGotIn = outcomes.some(({ phase }) => phase === 'data' || phase === 'content');
    const again = someGotIn ? batch.filter((index) => isTooMany(told.get(index)!)) : [];
    waiting = [...again, ...waiting.filter((index) => !batch.includes(index))];
  }
  for (const index of waiting) told.set(index, told.get(index) ?? smtp.end!.failure!);
  return { told, left: [] };
}

/** One transaction; the outcomes in the order of the batch. */
async function transact(
  smtp: SmtpConnection,
  job: Job,
  batch: readonly number[],
): Promise<readonly Told[]> {
  const envelope: Envelope = { ...job.envelope, to: batch.map((index) => job.envelope.to[index]!) };
  let whole = false;
  const content = job.content(() => (whole = true));
  const { size, eightBit } = job;
  const sent = await smtp.send(envelope, content, {
    size,
    ...(eightBit === undefined ? {} : { eightBit }),
  });
  return sent.map(({ reply, phase, local }) => {
    const unknown = whole && local && phase === 'content' && reply.code < 500;
    return { reply, phase, local, ...(unknown ? { unknown } : {}) };
  });
}
