/**
 * The log behind a message in its file: one JSON object a line, the first tells of the acceptance, those that follow
 * of what became of it. A line that a crash cut off was never told to anybody, and is passed over.
 */
import { encodeUtf8 } from '@postino/wire';
import { apply, begin, type Acceptance, type Change, type EntryState } from './entry-state.ts';
import type { QueueEvent } from './types.ts';

/** Of this format; another one is not ours to read. */
const VERSION = 1;

/** The first line of a log. */
export function formatAcceptance({ accepted, envelope }: Acceptance): Uint8Array {
  return formatLine({ version: VERSION, accepted, envelope });
}

export function formatChange(change: Change): Uint8Array {
  return formatLine(change);
}

/** The state that a log leads to; null when it does not begin with an acceptance. */
export function replay(log: string): EntryState | null {
  const [acceptance, changes] = parseLog(log);
  return acceptance && changes.reduce(apply, begin(acceptance));
}

/** What a log tells, in the order in which it happened. */
export function eventsOf(log: string): QueueEvent[] {
  const [acceptance, changes] = parseLog(log);
  if (!acceptance) return [];
  const { accepted: at } = acceptance;
  return [{ type: 'accepted', at }, ...changes.map(eventOf)];
}

function eventOf({ report, ...change }: Change): QueueEvent {
  return report ? { ...change, report: report.id } : change;
}

function parseLog(log: string): [Acceptance | null, Change[]] {
  const [first, ...rest] = log.split('\n').filter(Boolean).map(parseLine);
  return [isAcceptance(first) ? first : null, rest.filter(isChange)];
}

/** On a line of its own, whatever a crash left before it. */
function formatLine(record: object): Uint8Array {
  return encodeUtf8(`\n${JSON.stringify(record)}\n`);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isAcceptance(record: unknown): record is Acceptance {
  return (
    isObject(record) &&
    'version' in record &&
    record.version === VERSION &&
    'accepted' in record &&
    typeof record.accepted === 'number' &&
    'envelope' in record &&
    isObject(record.envelope) &&
    'to' in record.envelope &&
    Array.isArray(record.envelope.to)
  );
}

/** What is none of ours, or of a later version, is passed over too. */
function isChange(record: unknown): record is Change {
  if (!isObject(record) || !('type' in record)) return false;
  if (record.type !== 'outcomes') return CHANGES.has(record.type);
  return 'outcomes' in record && Array.isArray(record.outcomes) && record.outcomes.every(isObject);
}

const CHANGES: ReadonlySet<unknown> = new Set<Change['type']>(['hold', 'release', 'retry']);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
