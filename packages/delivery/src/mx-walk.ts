/** One destination: its hosts are tried one after the other until each recipient has its result. RFC 5321 §5.1. */
import type { MxHost } from '@postino/router';
import { CLIENT_REPLIES, type SmtpConnection } from '@postino/smtp-wire';
import type { TlsInfo } from '@postino/wire';
import type { Connection, Connections } from './connections.ts';
import type { Destination } from './destinations.ts';
import type { Job } from './job.ts';
import type { Target } from './open-connection.ts';
import { smarthostRule, type ResolvedOptions } from './options.ts';
import { noPolicy, ownTrouble } from './replies.ts';
import { sendToAll } from './send-to-all.ts';
import { ruleFor, type UsableRule } from './tls-policy.ts';
import type { RecipientResult, Told } from './types.ts';
import { judge } from './verdict.ts';

/** A host at one of its addresses. */
interface Stop {
  readonly host: string;
  readonly address: string;
}

export interface WalkOptions {
  readonly job: Job;
  readonly connections: Connections;
  readonly options: ResolvedOptions;
}

/** Every recipient has exactly one result, whatever happens; never rejects. */
export async function walk(
  destination: Destination,
  options: WalkOptions,
): Promise<RecipientResult[]> {
  const mxWalk = new MxWalk(destination, options);
  try {
    await mxWalk.run();
  } catch (cause) {
    mxWalk.settleRest(ownTrouble('The message could not be handed over', cause));
  }
  return mxWalk.results();
}

class MxWalk {
  readonly #destination: Destination;
  readonly #job: Job;
  readonly #connections: Connections;
  readonly #options: ResolvedOptions;
  readonly #results = new Map<number, RecipientResult>();
  /** Those for whom another host may be asked. */
  readonly #pending: Set<number>;
  readonly #rules = new Map<string, Promise<UsableRule | Told>>();
  #tries = 0;

  constructor(destination: Destination, { job, connections, options }: WalkOptions) {
    this.#destination = destination;
    this.#job = job;
    this.#connections = connections;
    this.#options = options;
    this.#pending = new Set(destination.recipients);
  }

  async run(): Promise<void> {
    const { plan } = this.#destination;
    if (plan.type !== 'hosts') {
      const { reply, cause } = plan;
      return this.settleRest({ reply, phase: 'plan', local: true, ...(cause ? { cause } : {}) });
    }
    for (const stop of this.#stops(plan.hosts)) {
      if (this.#pending.size === 0 || this.#tries >= this.#options.limits.tries) return;
      if (this.#job.cancelled) return this.settleRest(ownTrouble('Cancelled on our side'));
      await this.#visit(stop);
    }
  }

  /** In the order of the destination's recipients. */
  results(): RecipientResult[] {
    return this.#destination.recipients.map((index) => this.#results.get(index)!);
  }

  settleRest(told: Told, stop: Stop | null = null): void {
    this.#settleAll(this.#pending, told, stop);
  }

  /** Nothing was said to a host. */
  #settleAll(indexes: Iterable<number>, told: Told, stop: Stop | null): void {
    for (const index of indexes) this.#settle(index, told, { stop, tls: null });
  }

  /** All addresses of a host before the next, and those that failed of late behind all others. RFC 5321 §5.1. */
  #stops(hosts: readonly MxHost[]): Stop[] {
    const stops = hosts.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({ host: name, address })),
    );
    const failed = new Set(stops.filter(({ address }) => this.#connections.hasFailed(address)));
    return [...stops.filter((stop) => !failed.has(stop)), ...failed];
  }

  async #visit(stop: Stop): Promise<void> {
    const rule = await this.#rule(stop.host);
    if ('reply' in rule) return this.settleRest(rule, stop);
    this.#tries++;
    const target = this.#target(stop, rule);
    for (let asked: readonly number[] = [...this.#pending]; asked.length > 0;) {
      const connection = await this.#connections.obtain(target, this.#job);
      if ('failure' in connection)
        return this.#settleAll(asked, this.#read(connection.failure), stop);
      asked = await this.#use(connection, stop, asked);
    }
  }

  /** Sends; gives those who go over another connection: this one had waited for too long, or the host wants it so. */
  async #use(
    connection: Connection,
    stop: Stop,
    asked: readonly number[],
  ): Promise<readonly number[]> {
    const { smtp, reused } = connection;
    try {
      const { told, left } = await sendToAll(connection, this.#job, asked);
      const { cancelled } = this.#job;
      if (reused && !cancelled && wasLeft(smtp, told)) return asked;
      if (!cancelled && hasFailed(smtp)) this.#connections.blame(stop.address);
      const at = { stop, tls: smtp.tls, dsn: smtp.extensions.dsn };
      for (const [index, outcome] of told) this.#settle(index, outcome, at);
      return left;
    } finally {
      await this.#connections.release(connection, this.#job);
    }
  }

  /** What is asked of the connections to a host, or why nothing goes there: found out once. */
  #rule(host: string): Promise<UsableRule | Told> {
    const known = this.#rules.get(host) ?? this.#askPolicy(host);
    this.#rules.set(host, known);
    return known;
  }

  async #askPolicy(host: string): Promise<UsableRule | Told> {
    const { smarthost, policy } = this.#options;
    const { envelope } = this.#job;
    const { domain } = this.#destination;
    try {
      const asked = smarthost ? smarthostRule(smarthost) : await policy({ domain, host, envelope });
      const rule = ruleFor(asked, envelope);
      return rule.tls === 'refuse' ? { reply: rule.reply, phase: 'policy', local: true } : rule;
    } catch (cause) {
      return noPolicy(host, cause);
    }
  }

  #target(stop: Stop, rule: UsableRule): Target {
    const { port, smarthost } = this.#options;
    return {
      ...stop,
      rule,
      port: smarthost?.port ?? port,
      implicitTls: smarthost?.implicitTls ?? false,
      login: smarthost?.login,
    };
  }

  /** That a message which requires TLS cannot have it is not for time to mend. RFC 8689 §4.2.1. */
  #read(failure: Told): Told {
    return this.#job.envelope.requireTls && failure.phase === 'startTls'
      ? { ...failure, reply: CLIENT_REPLIES.tlsNeeded, local: true }
      : failure;
  }

  /** A result that is not final stands until another host says more; what may yet be mended outweighs what may not. */
  #settle(recipient: number, told: Told, at: At): void {
    const { status, final } = judge(told);
    const before = this.#results.get(recipient);
    if (!final && status === 'failed' && before?.status === 'deferred') return;
    const { stop, ...connection } = at;
    this.#results.set(recipient, { recipient, status, ...told, ...stop, ...connection });
    if (final) this.#pending.delete(recipient);
  }
}

interface At {
  readonly stop: Stop | null;
  readonly tls: TlsInfo | null;
  readonly dsn?: boolean;
}

/** Whether the host had left before it took anything of the message. RFC 5321 §3.8. */
function wasLeft({ end }: SmtpConnection, told: ReadonlyMap<number, Told>): boolean {
  return (
    end !== null &&
    [...told.values()].every(
      ({ local, reply, phase }) => phase !== 'content' && (local || reply.code === 421),
    )
  );
}

/** Whether it is the host that ended the connection; a 5xx of our own is about the message. */
function hasFailed({ end }: SmtpConnection): boolean {
  const failure = end?.failure;
  return failure ? !failure.local || failure.reply.code < 500 : false;
}
