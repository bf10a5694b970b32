/** The commands whose replies are outstanding, in the order in which those must come. RFC 2920 §3.1. */
import type { ClientPhase } from './outcome.ts';

/** One thing to say, and the recipient that its reply is about. */
export interface Step {
  readonly phase: ClientPhase;
  /** With its CRLF; empty where a reply is to come and nothing need be said for it. */
  readonly line: string;
  readonly index?: number;
  /** The reply is to a chunk behind which more is to come. RFC 3030 §2. */
  readonly more?: boolean;
}

export class CommandWindow {
  readonly #limit: number;
  #steps: Step[] = [];
  #octets = 0;

  /** `limit`: octets that may be under way. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  /** What the next reply answers. */
  get phase(): ClientPhase | null {
    return this.#steps[0]?.phase ?? null;
  }

  /** What we say next may be taken for content, or is behind it. */
  get holdsContent(): boolean {
    return this.#steps.some(({ phase }) => phase === 'data' || phase === 'content');
  }

  /** Whether a line may be sent now: alone or when it is empty always, behind others only when commands may be pipelined. */
  takes({ line }: Step, pipelining: boolean): boolean {
    const room = this.#octets + line.length <= this.#limit;
    return this.empty || line === '' || (pipelining && room);
  }

  sent(step: Step): void {
    this.#steps.push(step);
    this.#octets += step.line.length;
  }

  /** A reply came: what it answers; undefined when nothing was asked. */
  answered(): Step | undefined {
    const step = this.#steps.shift();
    if (step) this.#octets -= step.line.length;
    return step;
  }

  clear(): void {
    this.#steps = [];
    this.#octets = 0;
  }
}
