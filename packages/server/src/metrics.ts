/** What the server has counted, as a page for Prometheus. Names and labels are in the README. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { QueueEntry } from '@postino/queue';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ListenAddress } from './config/values.ts';
import type { Count, Counted } from './count.ts';

/** Scrapes at one time. Our choice. */
const MAX_CONNECTIONS = 10;

interface Described {
  readonly help: string;
  readonly labelNames: readonly string[];
}

const COUNTERS: Readonly<Record<keyof Counted, Described>> = {
  connections: { help: 'Connections that were served', labelNames: ['protocol', 'tls'] },
  connections_refused: { help: 'Connections over the limits', labelNames: [] },
  recipients: { help: 'Answers to RCPT', labelNames: ['reason'] },
  messages: { help: 'Answers to messages', labelNames: ['reason'] },
  deliveries: { help: 'Attempts to deliver to a recipient', labelNames: ['way', 'outcome'] },
  logins: { help: 'Passwords that were judged', labelNames: ['result'] },
  checks: { help: 'What checks of mail from outside found', labelNames: ['check', 'verdict'] },
};

export class Metrics {
  readonly #registry = new Registry();
  readonly #counters: ReadonlyMap<keyof Counted, Counter>;
  readonly #server: Server;

  constructor() {
    const registers = [this.#registry];
    this.#counters = new Map(
      Object.entries(COUNTERS).map(([what, { help, labelNames }]) => [
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object of ours
        what as keyof Counted,
        new Counter({ name: `postino_${what}_total`, help, labelNames, registers }),
      ]),
    );
    collectDefaultMetrics({ register: this.#registry });
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  readonly count: Count = (what, labels) => this.#counters.get(what)!.inc(labels);

  /** Tells of the queue, which is looked at with each scrape; the oldest first. `now`: in ms since 1970. */
  watchQueue(entries: () => Promise<readonly QueueEntry[]>, now: () => number): void {
    this.#measure('postino_queue_messages', 'Messages that wait', async () => {
      return (await entries()).length;
    });
    this.#measure('postino_queue_oldest_seconds', 'How long the oldest has waited', async () => {
      const [oldest] = await entries();
      return oldest ? Math.max(0, now() - oldest.accepted) / 1000 : 0;
    });
  }

  /** Resolves to the port; rejects with Node's error. */
  async listen({ host, port }: ListenAddress): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    return typeof bound === 'object' && bound ? bound.port : port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #measure(name: string, help: string, value: () => Promise<number>): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        this.set(await value());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  async #answer({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics') {
      response.writeHead(404).end('The page is /metrics.\n');
      return;
    }
    try {
      const text = await this.#registry.metrics();
      response.writeHead(200, { 'Content-Type': this.#registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  }
}
