/** A message to any number of recipients over one connection, in as many transactions as that takes. */
import type { Envelope } from '@postino/address';
import type { SmtpConnection } from '@postino/smtp-wire';
import type { Job } from './job.ts';
import type { Told } from './types.ts';
import { isTooMany } from './verdict.ts';

/**
 * Sends; the answer has an outcome for each of the recipients, which are indexes into the envelope. Those for whom there
 * was no room go in another transaction, as long as each brings somebody in. Rejects when the content does.
 * RFC 5321 §4.5.3.1.8, §4.5.3.1.10.
 */
export async function sendToAll(
  smtp: SmtpConnection,
  job: Job,
  { recipients, limit }: { readonly recipients: readonly number[]; readonly limit: number },
): Promise<Map<number, Told>> {
  const outcomes = new Map<number, Told>();
  const size = Math.min(limit, recipientLimit(smtp));
  let waiting = [...recipients];
  while (waiting.length > 0 && !smtp.end) {
    const batch = waiting.splice(0, size);
    const told = await transact(smtp, job, batch);
    for (const [place, index] of batch.entries()) outcomes.set(index, told[place]!);
    const someGotIn = told.some(({ phase }) => phase === 'data' || phase === 'content');
    if (someGotIn) waiting = [...batch.filter((_, place) => isTooMany(told[place]!)), ...waiting];
  }
  for (const index of waiting) outcomes.set(index, outcomes.get(index) ?? smtp.end!.failure!);
  return outcomes;
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

/** RCPTMAX of the LIMITS extension. RFC 9422. */
function recipientLimit({ extensions }: SmtpConnection): number {
  const [, most] =
    /(?:^| )RCPTMAX=([1-9]\d{0,5})(?: |$)/i.exec(extensions.keywords.get('LIMITS') ?? '') ?? [];
  return most === undefined ? Infinity : Number(most);
}
