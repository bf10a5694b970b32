/** Work side by side, bounded in all and for each destination, so that trouble at one of them delays no other. */

export interface LaneLimits {
  /** At one time. */
  readonly total: number;
  readonly perLane: number;
}

/** Gives whether the destination answered; never rejects. */
type Job = () => Promise<boolean>;

/** Destinations that did not answer and are remembered; the oldest go first. Our choice. */
const MAX_SILENT = 10_000;

interface Lane {
  running: number;
  readonly fresh: Job[];
  readonly again: Job[];
}

export class Lanes {
  readonly #limits: LaneLimits;
  /** Those that run or wait; the one that was served longest ago first. */
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  readonly #silent = new Set<string>();
  #runningAgain = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /**
   * Runs a job when its lane has room. `again`: it failed before. Of these, and of those whose lane did not answer last
   * time, no more than half of all places are taken, so that many dead hosts leave room for the living.
   */
  add(name: string, job: Job, { again }: { readonly again: boolean }): void {
    const lane = this.#lanes.get(name) ?? { running: 0, fresh: [], again: [] };
    this.#lanes.set(name, lane);
    (again || this.#silent.has(name) ? lane.again : lane.fresh).push(job);
    this.#fill();
  }

  /** Forgets what has not begun, and resolves when the rest has ended. */
  async close(): Promise<void> {
    for (const { fresh, again } of this.#lanes.values()) fresh.length = again.length = 0;
    await Promise.all(this.#running);
  }

  #fill(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#running.size >= this.#limits.total) return;
      if (lane.running >= this.#limits.perLane) continue;
      const fresh = lane.fresh.shift();
      if (fresh) this.#run(name, fresh, false);
      else if (this.#runningAgain < this.#limits.total / 2) {
        const again = lane.again.shift();
        if (again) this.#run(name, again, true);
      }
    }
  }

  #run(name: string, job: Job, again: boolean): void {
    const run = this.#whole(name, { job, again }).finally(() => {
      this.#running.delete(run);
      this.#fill();
    });
    this.#running.add(run);
  }

  async #whole(name: string, { job, again }: { job: Job; again: boolean }): Promise<void> {
    const lane = this.#lanes.get(name)!;
    lane.running++;
    if (again) this.#runningAgain++;
    this.#heard(name, lane, await job());
    if (again) this.#runningAgain--;
    lane.running--;
    // Its turn comes again behind all others.
    this.#lanes.delete(name);
    if (lane.running + lane.fresh.length + lane.again.length > 0) this.#lanes.set(name, lane);
  }

  #heard(name: string, lane: Lane, answered: boolean): void {
    this.#silent.delete(name);
    if (answered) return;
    this.#silent.add(name);
    lane.again.push(...lane.fresh.splice(0));
    const [oldest] = this.#silent;
    if (this.#silent.size > MAX_SILENT && oldest !== undefined) this.#silent.delete(oldest);
  }
}
