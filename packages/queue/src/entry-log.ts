/**
 * The log behind a message in its file: one JSON object a line, the first tells of the acceptance, those that follow
 * of what became of it. A line that a crash cut off was never told to anybody, and is passed over.
 */
import type { Envelope } from '@postino/address';
import { encodeUtf8 } from '@postino/wire';

/** The first line. */
export interface Acceptance {
  /** Of this format; another one is not ours to read. */
  readonly version: 1;
  /** In ms since 1970. */
  readonly accepted: number;
  readonly envelope: Envelope;
}

/** A recipient, by index, is served. */
export interface Done {
  readonly done: number;
}

/** What a log says by now. */
export interface EntryState extends Acceptance {
  readonly pending: Set<number>;
}

/** A record as it is appended: on a line of its own, whatever a crash left before it. */
export function formatRecord(record: Acceptance | Done): Uint8Array {
  return encodeUtf8(`\n${JSON.stringify(record)}\n`);
}

/** The state that a log leads to; null when it does not begin with an acceptance. */
export function replay(log: string): EntryState | null {
  const [first, ...rest] = log.split('\n').filter(Boolean).map(parseLine);
  if (!isAcceptance(first)) return null;
  const pending = new Set(first.envelope.to.keys());
  for (const record of rest) if (isDone(record)) pending.delete(record.done);
  return { ...first, pending };
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
    record.version === 1 &&
    'accepted' in record &&
    typeof record.accepted === 'number' &&
    'envelope' in record &&
    isObject(record.envelope) &&
    'to' in record.envelope &&
    Array.isArray(record.envelope.to)
  );
}

function isDone(record: unknown): record is Done {
  return isObject(record) && 'done' in record && typeof record.done === 'number';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
