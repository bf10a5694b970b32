/** A small world behind `dial`: SMTP servers at IP addresses, each as healthy or as broken as a test wants it. */
import type { EnvelopeRecipient, Envelope } from '@postino/address';
import { formatPath, parsePath } from '@postino/address';
import { zone, type Zone } from '@postino/dns';
import {
  run,
  SmtpServer,
  type Answer,
  type SmtpApp,
  type SmtpServerOptions,
} from '@postino/smtp-wire';
import {
  asciiBytes,
  latin1,
  memoryWires,
  type Endpoint,
  type MemoryWire,
  type TlsInfo,
  type TlsOptions,
  type Wire,
} from '@postino/wire';
import type { DeliveryOptions, DialOptions, OutgoingMessage } from '../src/index.ts';

export interface Host {
  readonly server?: Partial<SmtpServerOptions>;
  /** Answers in place of the usual acceptance; made for each connection. */
  readonly app?: (connection: { near: MemoryWire; far: MemoryWire }) => Partial<SmtpApp>;
  /** What becomes of a handshake; default: it stands, and nothing is known of the certificate. */
  readonly handshake?: (asked: TlsOptions) => 'broken' | 'trusted' | 'unknown';
}

export interface Received {
  readonly address: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
  readonly tls: boolean;
}

export class World {
  readonly #hosts: Readonly<Record<string, Host>>;
  readonly dialled: (Endpoint & DialOptions)[] = [];
  readonly received: Received[] = [];
  /** Connections that we have not let go. */
  readonly #open = new Set<MemoryWire>();

  constructor(hosts: Readonly<Record<string, Host>>) {
    this.#hosts = hosts;
  }

  readonly dial = async (to: Endpoint, options: DialOptions): Promise<Wire> => {
    this.dialled.push({ ...to, ...options });
    const host = this.#hosts[to.address];
    if (!host) throw new Error(`connect ECONNREFUSED ${to.address}:${to.port}`);
    const [near, far] = memoryWires();
    const serve = (): void => void this.#serve(to.address, host, { near, far });
    // With implicit TLS the greeting comes behind the handshake.
    if (!host.server?.tls) serve();
    this.#open.add(near);
    return handshaking(near, host, {
      onTls: () => host.server?.tls && serve(),
      onGone: () => this.#open.delete(near),
    });
  };

  get open(): number {
    return this.#open.size;
  }

  /** The addresses that were dialled, in order. */
  get addresses(): string[] {
    return this.dialled.map(({ address }) => address);
  }

  async #serve(
    address: string,
    host: Host,
    wires: { near: MemoryWire; far: MemoryWire },
  ): Promise<void> {
    const special = host.app?.(wires) ?? {};
    let from = '';
    let to: string[] = [];
    let content = '';
    const forget = (): void => {
      to = [];
      content = '';
    };
    const app: SmtpApp = {
      ...special,
      mail: (path, params, context) => {
        forget();
        from = formatPath(path);
        return special.mail?.(path, params, context);
      },
      rcpt: async (path, params, context) => {
        const answer = await special.rcpt?.(path, params, context);
        if (accepts(answer)) to.push(formatPath(path));
        return answer;
      },
      content: (bytes, context) => {
        content += latin1(bytes);
        return special.content?.(bytes, context);
      },
      message: async (size, context) => {
        const answer = await special.message?.(size, context);
        if ([answer].flat().some(accepts))
          this.received.push({ address, from, to, content, tls: context.tls !== null });
        forget();
        return answer;
      },
    };
    const server = new SmtpServer({ hostname: 'mx.test', ...host.server });
    await run(server, wires.far, app);
  }
}

function accepts(answer: Answer): boolean {
  return !answer || answer.code < 400;
}

/** A wire whose handshake goes as it is told to. */
function handshaking(
  near: MemoryWire,
  { handshake = () => 'unknown' }: Host,
  { onTls, onGone }: { onTls: () => void; onGone: () => void },
): Wire {
  let tls: TlsInfo | null = null;
  return {
    peer: near.peer,
    local: near.local,
    get tls() {
      return tls;
    },
    read: (timeout, cancel) => near.read(timeout, cancel),
    write: (bytes) => near.write(bytes),
    buffered: () => near.buffered(),
    close: () => {
      onGone();
      return near.close();
    },
    destroy: () => {
      onGone();
      near.destroy();
    },
    startTls: async (options = {}) => {
      const outcome = handshake(options);
      if (outcome === 'broken') throw new Error('TLS handshake failed');
      tls = { ...(await near.startTls()), authorized: outcome === 'trusted' };
      onTls();
      return tls;
    },
  };
}

export function envelopeOf(...to: readonly string[]): Envelope {
  return { from: path('a@sender.example'), to: to.map(recipient) };
}

function recipient(text: string): EnvelopeRecipient {
  return { address: path(text) };
}

function path(text: string): NonNullable<ReturnType<typeof parsePath>> {
  const parsed = parsePath(`<${text}>`, { singleLabel: true, smtputf8: true });
  if (!parsed) throw new TypeError(`no path: ${text}`);
  return parsed;
}

export const TEXT = 'Subject: hello\r\n\r\n.dot\r\n';

export function messageOf(text: string = TEXT): OutgoingMessage & { reads: number } {
  const bytes = asciiBytes(text);
  return {
    size: bytes.length,
    reads: 0,
    async *read() {
      this.reads++;
      yield bytes;
    },
  };
}

/** What most tests need: `d.example` has the hosts `mx1` at 192.0.2.1 and `mx2` at 192.0.2.2. */
export const ZONE: Zone = {
  'd.example': {
    MX: [
      [10, 'mx1.d.example'],
      [20, 'mx2.d.example'],
    ],
  },
  'mx1.d.example': { A: ['192.0.2.1'] },
  'mx2.d.example': { A: ['192.0.2.2'] },
};

export function optionsFor(
  world: World,
  more: Partial<DeliveryOptions> & { readonly names?: Zone } = {},
): DeliveryOptions {
  const { names = ZONE, ...options } = more;
  return {
    hostname: 'us.example',
    resolver: zone(names),
    dial: world.dial,
    now: () => 0,
    random: () => 0,
    ...options,
  };
}
