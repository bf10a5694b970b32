/** The connections of a `Delivery`: opened when asked for, used again where one to the same host waits. */
import type { SmtpConnection } from '@postino/smtp-wire';
import { CancelSource } from '@postino/wire';
import { Allowance } from './allowance.ts';
import { HostMemory } from './host-memory.ts';
import { IdleConnections } from './idle-connections.ts';
import type { Job } from './job.ts';
import { openConnection, type Target } from './open-connection.ts';
import type { ResolvedOptions } from './options.ts';
import type { Told } from './types.ts';

export interface Connection {
  readonly smtp: SmtpConnection;
  /** What the host takes over it. */
  readonly allowance: Allowance;
  readonly target: Target;
  readonly cut: CancelSource;
  /** It has served another message, so the host may have left it in the meantime. */
  readonly reused: boolean;
}

export class Connections {
  readonly #options: ResolvedOptions;
  readonly #idle: IdleConnections<Connection>;
  readonly #memory: HostMemory;

  constructor(options: ResolvedOptions) {
    const { idleTime, idleConnections, hostPenalty, rememberedHosts } = options.limits;
    this.#options = options;
    this.#idle = new IdleConnections({ time: idleTime, count: idleConnections });
    this.#memory = new HostMemory({ penalty: hostPenalty, size: rememberedHosts });
  }

  /** Whether an address failed of late. */
  hasFailed(address: string): boolean {
    return this.#memory.hasFailed(address, this.#options.now());
  }

  /** A host has failed: from now on its address is tried behind others. */
  blame(address: string): void {
    this.#memory.failed(address, this.#options.now());
  }

  /** One that waits, or a new one; to be given back with `release`. */
  async obtain(target: Target, job: Job): Promise<Connection | { readonly failure: Told }> {
    const idle = this.#idle.take(keyOf(target));
    const cut = idle?.cut ?? new CancelSource();
    job.holds(cut);
    if (idle) return { ...idle, reused: true };
    const { dial, client } = this.#options;
    const localAddress = this.#localAddress(target.address);
    const opened = await openConnection(target, { dial, client, localAddress, cancel: cut });
    if ('smtp' in opened) {
      const allowance = new Allowance(opened.smtp.extensions, this.#options.limits);
      return { ...opened, allowance, target, cut, reused: false };
    }
    job.lets(cut);
    if (!job.cancelled) this.blame(target.address);
    return opened;
  }

  /** Keeps one for the next message, where it still stands and the host takes more over it. */
  async release(connection: Connection, job: Job): Promise<void> {
    const { smtp, allowance, target, cut } = connection;
    job.lets(cut);
    if (smtp.end) return;
    this.#memory.worked(target.address);
    if (allowance.spent) return smtp.close();
    await this.#idle.put(keyOf(target), connection, this.#options.now());
  }

  /** Closes what has waited for `limits.idleTime`. */
  expire(now: number): Promise<void> {
    return this.#idle.expire(now);
  }

  close(): Promise<void> {
    return this.#idle.close();
  }

  /** Ours of the same family; where there is none the system chooses. */
  #localAddress(address: string): string | null {
    const isIpv6 = address.includes(':');
    return this.#options.localAddresses.find((own) => own.includes(':') === isIpv6) ?? null;
  }
}

/** What must be alike for a connection to be used again; the login and our own address are those of all. */
function keyOf({ host, address, port, rule }: Target): string {
  return JSON.stringify([host, address, port, rule]);
}
