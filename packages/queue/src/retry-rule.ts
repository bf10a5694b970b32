/**
 * When a recipient that could not be reached is tried again, in Exim's notation: `F,2h,15m; G,16h,1h,1.5; F,4d,6h`.
 * Up to two hours after the message came it is tried each 15 minutes; up to 16 hours the wait begins with an hour and
 * grows by half each time; up to four days it is six hours; after that no more. Pure: clock and chance come in.
 */

/** One part of a rule. Times are in ms. */
export interface RetryStep {
  /** `F`: the interval stays as it is; `G`: it grows by the factor each time. */
  readonly type: 'F' | 'G';
  /** It holds until so long after the message came. */
  readonly until: number;
  readonly interval: number;
  /** 1 for `F`. */
  readonly factor: number;
}

/** One step or more, each until later than the one before. */
export type RetryRule = readonly RetryStep[];

/** The rule of Exim's own configuration. */
// Deviation: 15 minutes, where RFC 5321 §4.5.4.1 has 30 in general: as Exim does it, so that greylisting delays little.
export const DEFAULT_RETRY = 'F,2h,15m; G,16h,1h,1.5; F,4d,6h';

/** A wait is longer by up to this part of it, so that what failed together does not come back together. Our choice. */
const JITTER = 0.1;
/** Longer than anybody waits, and far from where numbers end: ten years. Our choice. */
const LONGEST = 10 * 365 * 24 * 3600 * 1000;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Reads a rule; a `TypeError` names what is wrong with it. */
export function parseRetryRule(text: string): RetryRule {
  const steps = text.split(';').map((step) => parseStep(step.trim()));
  const wrong = steps.findIndex((step, n) => n > 0 && step.until <= steps[n - 1]!.until);
  if (wrong > 0)
    throw new TypeError(`step ${wrong + 1} of the retry rule '${text}' ends before it begins`);
  return steps;
}

/** What is known of a recipient whose attempt has just failed. Times are in ms since 1970. */
export interface FailedAttempt {
  /** When the message came. */
  readonly arrived: number;
  /** When the attempt before this one was, and when this one was planned then; left out at the first. */
  readonly last?: number | undefined;
  readonly next?: number | undefined;
  /** When this attempt failed. */
  readonly now: number;
  /** From 0 up to 1, for the jitter; none where it is left out. */
  readonly random?: (() => number) | undefined;
}

/** When to try again, in ms since 1970; null when the time for trying is over. RFC 5321 §4.5.4.1. */
export function nextAttempt(rule: RetryRule, attempt: FailedAttempt): number | null {
  const { arrived, now, random = () => 0 } = attempt;
  const step = rule.find(({ until }) => now - arrived <= until);
  if (!step) return null;
  const wait = waitOf(step, lastWait(attempt));
  return now + Math.round(wait * (1 + JITTER * random()));
}

function waitOf({ type, interval, factor }: RetryStep, last: number): number {
  return type === 'F' || last < interval ? interval : last * factor;
}

/** As it was planned: a queue that stood still for a day does not wait longer for that. */
function lastWait({ last, next, now }: FailedAttempt): number {
  if (last === undefined || next === undefined) return 0;
  return Math.min(next - last, now - last);
}

function parseStep(text: string): RetryStep {
  const [type, until, interval, factor, ...rest] = text.split(',').map((part) => part.trim());
  // Not done: Exim's `H`, a growing interval with chance in it; the jitter does for both.
  if (
    (type !== 'F' && type !== 'G') ||
    rest.length > 0 ||
    (factor === undefined) !== (type === 'F')
  )
    throw wrongStep(text, 'is neither F,until,interval nor G,until,interval,factor');
  const step: RetryStep = {
    type,
    until: parseTime(until ?? ''),
    interval: parseTime(interval ?? ''),
    factor: Number(factor ?? 1),
  };
  if (!step.until || !step.interval) throw wrongStep(text, 'has a time that is not like 1h30m');
  if (!/^\d{1,3}(\.\d{1,6})?$/.test(factor ?? '1') || step.factor < 1)
    throw wrongStep(text, 'has a factor that is not like 1.5');
  return step;
}

/** `1h30m` in ms; 0 for what is no time, or none that one can wait for. */
function parseTime(text: string): number {
  if (!/^(\d{1,9}[smhdw])+$/.test(text)) return 0;
  const parts = text.match(/\d+[smhdw]/g) ?? [];
  const time = parts.reduce(
    (sum, part) => sum + Number(part.slice(0, -1)) * UNITS[part.at(-1)!]!,
    0,
  );
  return time <= LONGEST ? time : 0;
}

function wrongStep(text: string, fault: string): TypeError {
  return new TypeError(`'${text}' in a retry rule ${fault}`);
}
