/** A clock that goes only when it is told to. */
import type { Clock } from '@postino/server';

interface Alarm {
  readonly time: number;
  readonly call: () => void;
}

export class TestClock implements Clock {
  #now = Date.now();
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  at(time: number, call: () => void): () => void {
    const alarm = { time, call };
    this.#alarms.add(alarm);
    if (time <= this.#now) setImmediate(() => this.#ring());
    return () => this.#alarms.delete(alarm);
  }

  /** So many ms pass, and whoever wanted to be woken by then is. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    this.#ring();
  }

  #ring(): void {
    for (const alarm of this.#alarms) {
      if (alarm.time > this.#now) continue;
      this.#alarms.delete(alarm);
      alarm.call();
    }
  }
}
