/** Connections that wait for another message. */
import type { SmtpConnection } from '@postino/smtp-wire';

export interface IdleOptions {
  /** Milliseconds that one may wait. */
  readonly time: number;
  /** How many may wait. */
  readonly count: number;
}

interface Idle<Connection> {
  readonly key: string;
  readonly connection: Connection;
  readonly since: number;
}

/** Times are those of the caller's clock, in ms. */
export class IdleConnections<Connection extends { readonly smtp: SmtpConnection }> {
  readonly #options: IdleOptions;
  /** The longest waiting first. */
  #idle: Idle<Connection>[] = [];

  constructor(options: IdleOptions) {
    this.#options = options;
  }

  /** One with that key, the last that came; it is the caller's from now on. */
  take(key: string): Connection | null {
    const index = this.#idle.findLastIndex((idle) => idle.key === key);
    return index < 0 ? null : this.#idle.splice(index, 1)[0]!.connection;
  }

  /** Lets one wait; where too many do, the one that waits longest is closed. */
  async put(key: string, connection: Connection, since: number): Promise<void> {
    this.#idle.push({ key, connection, since });
    if (this.#idle.length > this.#options.count) await this.#idle.shift()!.connection.smtp.close();
  }

  /** Closes those that have waited long enough. */
  async expire(now: number): Promise<void> {
    const old = this.#idle.filter(({ since }) => now - since >= this.#options.time);
    this.#idle = this.#idle.filter((idle) => !old.includes(idle));
    await Promise.all(old.map(({ connection }) => connection.smtp.close()));
  }

  /** Closes all. */
  close(): Promise<void> {
    return this.expire(Infinity);
  }
}
