/** Ids that nobody else makes: the time, so that they sort, and randomness, so that they are unique and not guessed. */
import { randomBytes } from 'node:crypto';
import type { QueueId } from './types.ts';

/** Milliseconds in base 36, enough for the next three thousand years. */
const TIME_DIGITS = 9;
const RANDOM_OCTETS = 10;
const QUEUE_ID = /^[0-9a-z]{9}[0-9a-f]{20}$/;

/** A fresh id; `now` is in ms since 1970. */
export function newQueueId(now: number = Date.now()): QueueId {
  const time = Math.trunc(now).toString(36).padStart(TIME_DIGITS, '0');
  return time + randomBytes(RANDOM_OCTETS).toString('hex');
}

/** When an id was made, in ms since 1970. */
export function timeOfQueueId(id: QueueId): number {
  return Number.parseInt(id.slice(0, TIME_DIGITS), 36);
}

/** Whether text is an id as `newQueueId` makes them. */
export function isQueueId(text: string): boolean {
  return QUEUE_ID.test(text);
}
