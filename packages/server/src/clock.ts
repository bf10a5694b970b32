/** The time, and being woken at one; tests bring their own. Times are in ms since 1970. */

export interface Clock {
  now(): number;
  /** Calls once, at this time or somewhat later; what is given calls that off. */
  at(time: number, call: () => void): () => void;
}

/** Milliseconds that a timer of Node can wait at the most; who is woken early looks again. */
const MAX_TIMER = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  at(time, call) {
    const wait = Math.min(Math.max(0, time - Date.now()), MAX_TIMER);
    const timer = setTimeout(call, wait);
    return () => clearTimeout(timer);
  },
};
