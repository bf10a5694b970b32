/** What `postino queue` does: asks, prints the answers, and ends with 2 where a message is not there. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { QueueEntry, QueueId } from '@postino/queue';
import { loadConfig } from '../config/load-config.ts';
import { askQueue } from '../control/ask-queue.ts';
import type { QueueAnswer } from '../control/queue-answer.ts';
import type { ChangeRequest, QueueRequest, Selection } from '../control/queue-request.ts';
import type { QueueOptions } from './queue.ts';
import { entryLines, shownLines, summaryLine } from './queue-lines.ts';
import { answerIsBad, print, printJson } from './terminal.ts';

/** Prints what is selected, and how much it is. */
export async function listQueue(select: Selection, options: QueueOptions): Promise<void> {
  const entries: QueueEntry[] = [];
  for await (const answer of answers({ type: 'list', select }, options)) {
    if (answer.type !== 'entry') continue;
    entries.push(answer.entry);
    if (!options.json) print(...entryLines(answer.entry, Date.now()));
  }
  if (options.json) printJson(entries);
  else print(summaryLine(entries, Date.now()));
}

/** Prints all about a message. */
export async function showEntry(id: QueueId, options: QueueOptions): Promise<void> {
  for await (const answer of answers({ type: 'show', id }, options)) {
    if (answer.type !== 'shown') continue;
    const { entry, history, header } = answer;
    if (options.json) printJson({ ...entry, history, header });
    else print(...shownLines(answer, Date.now()));
  }
}

/** Writes the octets of a message. */
export async function showMessage(id: QueueId, options: QueueOptions): Promise<void> {
  const content = contentOf(answers({ type: 'message', id }, options));
  await pipeline(Readable.from(content), process.stdout, { end: false });
}

/** Changes what is selected, and prints what was. */
export async function changeQueue(request: ChangeRequest, options: QueueOptions): Promise<void> {
  const changed: { id: QueueId; report?: QueueId }[] = [];
  for await (const answer of answers(request, options)) {
    if (answer.type !== 'done') continue;
    const { id, report } = answer;
    changed.push({ id, ...(report !== undefined && { report }) });
    if (!options.json) print(`${id}  ${DONE[request.type]}${report ? `; report ${report}` : ''}`);
  }
  if (options.json) printJson(changed);
  else if (changed.length !== 1) print(`${changed.length} messages`);
}

const DONE = {
  retry: 'is due now',
  hold: 'is held',
  release: 'is released',
  remove: 'is removed',
} as const;

/** What is answered; ids that are not there are complained about, and a refusal rejects. */
async function* answers(
  request: QueueRequest,
  { config }: QueueOptions,
): AsyncGenerator<QueueAnswer, void, undefined> {
  for await (const answer of askQueue(await loadConfig(config), request)) {
    if (answer.type === 'refused') throw new Error(answer.reason);
    if (answer.type === 'missing') {
      process.stderr.write(`postino: ${answer.id} is not in the queue\n`);
      answerIsBad();
    } else yield answer;
  }
}

async function* contentOf(
  answers: AsyncIterable<QueueAnswer>,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const answer of answers)
    if (answer.type === 'content') yield Buffer.from(answer.base64, 'base64');
}
