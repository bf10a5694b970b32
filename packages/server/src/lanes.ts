/** Work side by side, bounded in all and for each destination, so that trouble at one of them delays no other. */

export interface LaneLimits {
  /** At one time. */
  readonly total: number;
  readonly perLane: number;
}

/** Gives whether the destination answered, null where it was not asked; never rejects. */
type Job = () => Promise<boolean | null>;

/** Destinations of which it is remembered whether they answered; the oldest go first. Our choice. */
const MAX_KNOWN = 10_000;
/** The part of all places that is for destinations which did not answer last time, or were never asked. Our choice. */
const UNPROVEN_PART = 3 / 4;
/** The part of all places that is for what failed before. Our choice. */
const AGAIN_PART = 1 / 2;

interface Lane {
  running: number;
  readonly fresh: Job[];
  readonly again: Job[];
}

/** What bounds a job beside its lane. */
interface Kind {
  readonly again: boolean;
  readonly proven: boolean;
}

export class Lanes {
  readonly #limits: LaneLimits;
  /** Those that run or wait; the one that was served longest ago first. */
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  /** Whether a lane answered last time. */
  readonly #answered = new Map<string, boolean>();
  #runningAgain = 0;
  #runningUnproven = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /**
   * Runs a job when its lane has room: one place, until it has answered. `again`: the job failed before. Of these, and of
   * those whose lane did not answer last time, no more than half of all places are taken; and of lanes that never
   * answered no more than three quarters. So many dead hosts leave room for the living, known dead or not.
   */
  add(name: string, job: Job, { again }: { readonly again: boolean }): void {
    const lane = this.#lanes.get(name) ?? { running: 0, fresh: [], again: [] };
    this.#lanes.set(name, lane);
    (again || this.#answered.get(name) === false ? lane.again : lane.fresh).push(job);
    this.#fill();
  }

  /** Forgets what has not begun, and resolves when the rest has ended. */
  async close(): Promise<void> {
    for (const { fresh, again } of this.#lanes.values()) fresh.length = again.length = 0;
    await Promise.all(this.#running);
  }

  #fill(): void {
    let begun: boolean;
    do {
      begun = false;
      for (const [name, lane] of this.#lanes) begun = this.#begin(name, lane) || begun;
    } while (begun);
  }

  /** Begins one job of a lane, where there is one and a place for it. */
  #begin(name: string, lane: Lane): boolean {
    const { total, perLane } = this.#limits;
    const proven = this.#answered.get(name) === true;
    if (this.#running.size >= total || lane.running >= (proven ? perLane : 1)) return false;
    if (!proven && this.#runningUnproven >= total * UNPROVEN_PART) return false;
    const again = lane.fresh.length === 0;
    if (again && this.#runningAgain >= total * AGAIN_PART) return false;
    const job = (again ? lane.again : lane.fresh).shift();
    if (!job) return false;
    this.#run(name, job, { again, proven });
    return true;
  }

  #run(name: string, job: Job, kind: Kind): void {
    const run = this.#whole(name, job, kind).finally(() => {
      this.#running.delete(run);
      this.#fill();
    });
    this.#running.add(run);
  }

  async #whole(name: string, job: Job, kind: Kind): Promise<void> {
    const lane = this.#lanes.get(name)!;
    this.#count(lane, kind, 1);
    const answered = await job();
    if (answered !== null) this.#heard(name, lane, answered);
    this.#count(lane, kind, -1);
    // Its turn comes again behind all others.
    this.#lanes.delete(name);
    if (lane.running + lane.fresh.length + lane.again.length > 0) this.#lanes.set(name, lane);
  }

  #count(lane: Lane, { again, proven }: Kind, by: 1 | -1): void {
    lane.running += by;
    if (again) this.#runningAgain += by;
    if (!proven) this.#runningUnproven += by;
  }

  #heard(name: string, lane: Lane, answered: boolean): void {
    this.#answered.delete(name);
    this.#answered.set(name, answered);
    if (!answered) lane.again.push(...lane.fresh.splice(0));
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > MAX_KNOWN && oldest !== undefined) this.#answered.delete(oldest);
  }
}
