/** Messages of the queue to the hosts of the world, signed. */
import { Delivery, type DeliveryOptions, type RecipientResult } from '@postino/delivery';
import type { Queue, QueueEntry } from '@postino/queue';
import {
  loginClient,
  plainClient,
  scramClient,
  tlsExporter,
  type PasswordClientOptions,
  type SaslClient,
} from '@postino/sasl';
import { CancelSource, type Reply, type TlsInfo } from '@postino/wire';
import type { Attempted } from './attempted.ts';
import { allDomains } from './config/all-domains.ts';
import type { Config } from './config/config.ts';
import type { OutgoingSigner } from './dkim-signing.ts';
import type { Logger } from './log.ts';

/** Milliseconds between two looks at connections that wait for a further message. Our choice. */
const EXPIRE_EVERY = 5_000;
/** RFC 3463 §3.4. */
const TROUBLE: Reply = { code: 451, status: '4.3.0', text: 'The message cannot be sent now' };

export interface OutgoingOptions {
  readonly queue: Pick<Queue, 'read'>;
  readonly delivery: Delivery;
  /** Null: nothing is signed. */
  readonly signer: OutgoingSigner | null;
  readonly log: Logger;
}

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #cancel = new CancelSource();
  readonly #timer: NodeJS.Timeout;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#expire(), EXPIRE_EVERY).unref();
  }

  /** Cuts what is under way: that is tried again by the next process. */
  cut(): void {
    this.#cancel.fire();
  }

  /** To be called when nothing is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#options.delivery.close();
  }

  /** Sends to recipients of the queue's entry. Never rejects. */
  async attempt(entry: QueueEntry, recipients: readonly number[]): Promise<Attempted[]> {
    try {
      const results = await this.#deliver(entry, recipients);
      // Who was cut off was not tried.
      return results.filter(({ status }) => status !== 'deferred' || !this.#cancel.aborted);
    } catch (error) {
      this.#options.log.error({ err: error, id: entry.id }, 'not sent');
      return recipients.map((recipient) => ({ recipient, status: 'deferred', reply: TROUBLE }));
    }
  }

  async #deliver(entry: QueueEntry, recipients: readonly number[]): Promise<Attempted[]> {
    const { queue, delivery, signer, log } = this.#options;
    const { id, size } = entry;
    const envelope = { ...entry.envelope, to: recipients.map((one) => entry.envelope.to[one]!) };
    const message = { size, read: () => queue.read(id) };
    const cancel = this.#cancel;
    const results = await delivery.deliver(message, envelope, {
      cancel,
      ...(signer && { signer: () => signer(message.read) }),
    });
    for (const { cause } of results) if (cause) log.debug({ err: cause, id }, 'while sending');
    return results.map((result) => attempted(result, recipients[result.recipient]!));
  }

  #expire(): void {
    const { delivery, log } = this.#options;
    delivery.expire().catch((error: unknown) => log.warn({ err: error }, 'idle connections'));
  }
}

function attempted(result: RecipientResult, recipient: number): Attempted {
  const { status, reply, local, host, dsn } = result;
  return {
    recipient,
    status,
    reply,
    ...(host === undefined || local ? {} : { host }),
    ...(dsn === false && { success: 'relayed' }),
  };
}

/** What the configuration says of sending. */
export function deliveryOptions(config: Config): Omit<DeliveryOptions, 'resolver' | 'dial'> {
  const { hostname, outbound } = config;
  const { smarthost, smarthost_user: user, smarthost_password: password } = outbound;
  const login = { user, password };
  return {
    hostname,
    ownHosts: allDomains(config),
    port: outbound.port,
    ignoreTargetHosts: outbound.ignore_target_hosts,
    ...(outbound.interface === null ? {} : { interface: outbound.interface }),
    ...(smarthost && {
      smarthost: {
        ...smarthost,
        ...(user === '' ? {} : { login: (tls) => mechanismsFor(login, tls) }),
      },
    }),
  };
}

/** The best first: by SCRAM the smarthost learns no password, and one that is not the right one is found out. */
function mechanismsFor(login: PasswordClientOptions, tls: TlsInfo | null): SaslClient[] {
  const channelBinding = tlsExporter(tls);
  const bound = { ...login, channelBinding };
  return [
    ...(channelBinding ? [scramClient({ ...bound, mechanism: 'SCRAM-SHA-256-PLUS' })] : []),
    scramClient({ ...bound, mechanism: 'SCRAM-SHA-256' }),
    plainClient(login),
    loginClient(login),
  ];
}
