/** How the queue is told to people. Pure; times are in ms since 1970. */
import { formatPath } from '@postino/address';
import type { Outcome, QueueEntry, QueueEvent, RecipientState } from '@postino/queue';
import type { QueueAnswer } from '../control/queue-answer.ts';
import { printable, styled } from './terminal.ts';

const INDENT = ' '.repeat(8);

/** A message, and a line for each recipient that is still to be served. */
export function entryLines(entry: QueueEntry, now: number): string[] {
  const { id, accepted, size, envelope, pending, recipients, held } = entry;
  const age = formatTime(now - accepted).padStart(4);
  const first = [
    `${age}  ${formatSize(size).padStart(6)}`,
    styled('bold', id),
    printable(formatPath(envelope.from)),
    ...(held ? [styled('yellow', 'held')] : []),
  ];
  return [
    first.join('  '),
    ...pending.map((index) => {
      const to = printable(formatPath(envelope.to[index]!.address));
      return `${INDENT}${to}  ${stateOf(recipients[index]!, now)}`;
    }),
  ];
}

/** How much waits, and for how long. */
export function summaryLine(entries: readonly QueueEntry[], now: number): string {
  if (entries.length === 0) return 'no messages';
  const octets = entries.reduce((sum, { size }) => sum + size, 0);
  const oldest = Math.min(...entries.map(({ accepted }) => accepted));
  const held = entries.filter((entry) => entry.held).length;
  const parts = [
    entries.length === 1 ? '1 message' : `${entries.length} messages`,
    formatSize(octets),
    ...(held > 0 ? [`${held} held`] : []),
    `the oldest came ${formatTime(now - oldest)} ago`,
  ];
  return styled('bold', parts.join(', '));
}

/** All about a message. */
export function shownLines(
  { entry, history, header }: Extract<QueueAnswer, { type: 'shown' }>,
  now: number,
): string[] {
  const { id, envelope, accepted, size, held, recipients } = entry;
  const to = envelope.to.map(({ address }) => printable(formatPath(address)));
  return [
    `${styled('bold', 'id')}        ${id}`,
    `${styled('bold', 'sender')}    ${printable(formatPath(envelope.from))}`,
    `${styled('bold', 'accepted')}  ${formatDate(accepted)}, ${formatTime(now - accepted)} ago`,
    `${styled('bold', 'size')}      ${size} octets`,
    ...(held ? [`${styled('bold', 'held')}      yes`] : []),
    styled('bold', 'recipients'),
    ...recipients.map((state, index) => `  ${to[index]}  ${stateOf(state, now)}`),
    styled('bold', 'history'),
    ...history.flatMap((event) => eventLines(event, to)),
    styled('bold', 'header'),
    ...header
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => `  ${printable(line.replaceAll('\t', ' '))}`),
  ];
}

function stateOf(state: RecipientState, now: number): string {
  const { status, attempts, next } = state;
  const when = next === undefined ? [] : [next > now ? `next in ${formatTime(next - now)}` : 'due'];
  const tried = attempts > 0 ? [`tried ${attempts === 1 ? 'once' : `${attempts} times`}`] : [];
  return `${[status, ...tried, ...when].join(', ')}${replyOf(state)}`;
}

function eventLines(event: QueueEvent, to: readonly string[]): string[] {
  const { at, type, report } = event;
  const time = `  ${at === undefined ? 'at some time'.padEnd(24) : formatDate(at)}  `;
  const told = report === undefined ? [] : [`${time}sender told: ${report}`];
  if (event.type !== 'outcomes') return [`${time}${type}`, ...told];
  const outcomes = event.outcomes.map(
    (outcome) => `${time}${to[outcome.recipient]}  ${outcome.status}${replyOf(outcome)}`,
  );
  return [...outcomes, ...told];
}

function replyOf(told: RecipientState | Outcome): string {
  if (!('reply' in told) || !told.reply) return '';
  const { code, status, text } = told.reply;
  const host = told.host === undefined ? '' : `${told.host}: `;
  return printable(`; ${host}${[code, status, ...[text].flat()].filter(Boolean).join(' ')}`);
}

function formatDate(time: number): string {
  return new Date(time).toISOString();
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** `4d`, `3h`, `12m`, `5s`: whole units, the largest that there is one of. */
function formatTime(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? ['s', 1000];
  return `${Math.max(0, Math.floor(milliseconds / length))}${unit}`;
}

/** `812B`, `1.4KB`, `50MB`. */
function formatSize(octets: number): string {
  const power = octets < 1024 ? 0 : octets < 1024 ** 2 ? 1 : octets < 1024 ** 3 ? 2 : 3;
  const number = octets / 1024 ** power;
  const text = power === 0 || number >= 10 ? String(Math.round(number)) : number.toFixed(1);
  return `${text}${['B', 'KB', 'MB', 'GB'][power]}`;
}
