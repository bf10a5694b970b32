/** A small internet on loopback: hosts of others on addresses of their own and one port, and a DNS that knows them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { formatPath } from '@postino/address';
import { zone, type Resolver } from '@postino/dns';
import { createSmtpServer, selfSigned } from '@postino/node';
import type { StartOptions } from '@postino/server';
import type { Reply } from '@postino/wire';
import { startSite, type Site, type Wishes } from './site.ts';

/** A message as a host got it. */
export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  /** The protocol of TLS; null without. */
  readonly tls: string | null;
  readonly hello: string;
  /** The address that it came from. */
  readonly peer: string;
  /** What the sender asked to be told, of the message and of each recipient. RFC 3461 §4. */
  readonly asked: readonly object[];
}

export interface Host {
  close(): Promise<void>;
}

export interface HostOptions {
  /** What RCPT is answered. */
  readonly rcpt?: (to: string) => Reply | undefined;
  /** Whether STARTTLS is offered: with this certificate, or with one that nobody trusts. */
  readonly tls?: boolean | SelfSigned;
  /** Whether DSN is offered. */
  readonly dsn?: boolean;
  /** Takes mail only after `AUTH PLAIN` with this password. */
  readonly password?: string;
}

type SelfSigned = ReturnType<typeof selfSigned>;

/** Answers of a DNS, as `zone()` takes them. */
type Zone = Parameters<typeof zone>[0];

export class Internet {
  readonly #context: TestContext;
  readonly #zone: Zone = {};
  readonly #sites: Site[] = [];
  readonly #hosts: Host[] = [];
  /** Of all hosts; 0 as long as there is none. */
  port = 0;

  constructor(context: TestContext) {
    this.#context = context;
    // Ours first: it says goodbye to the hosts.
    context.after(async () => {
      await Promise.all(this.#sites.map((site) => site.close()));
      await Promise.all(this.#hosts.map((host) => host.close()));
    });
  }

  /** Knows what was added so far. */
  get resolver(): Resolver {
    return zone(this.#zone);
  }

  /** A host at an address of the loopback that takes mail for a domain; gives what came. */
  async host(domain: string, address: string, options: HostOptions = {}): Promise<Letter[]> {
    const letters: Letter[] = [];
    const name = `mx.${domain}`;
    const { rcpt, tls = false, dsn = false, password } = options;
    const server = createSmtpServer(
      {
        hostname: name,
        dsn,
        ...(tls && { tls: tls === true ? selfSigned(['localhost']) : tls }),
        ...(password !== undefined && { mechanisms: ['PLAIN'] }),
      },
      () => {
        let from = '';
        let to: string[] = [];
        let text = '';
        let asked: object[] = [];
        return {
          auth: (_mechanism, initial) =>
            Buffer.from(initial!).toString() === `\0me\0${password}` ? { user: 'me' } : WRONG,
          mail(path, { ret, envid }, { user }) {
            if (password !== undefined && user === undefined) return NO_LOGIN;
            [from, to, text, asked] = [formatPath(path), [], '', [{ ret, envid }]];
            return undefined;
          },
          rcpt(path, params) {
            const address = formatPath(path).slice(1, -1);
            const reply = rcpt?.(address);
            if (reply) return reply;
            to.push(address);
            asked.push(params);
            return undefined;
          },
          content: (bytes) => void (text += Buffer.from(bytes).toString('latin1')),
          message(_size, { tls, hello, peer: { address: peer } }) {
            const protocol = tls?.protocol ?? null;
            letters.push({ from, to, text, tls: protocol, hello: hello!.name, peer, asked });
          },
        };
      },
    );
    const { port } = await server.listen({ host: address, port: this.port });
    this.port = port;
    this.#hosts.push(server);
    this.deadHost(domain, address);
    return letters;
  }

  /** A host that does what it likes with who connects, until it is closed. */
  async strangeHost(
    domain: string,
    address: string,
    behave: (socket: Socket) => void,
  ): Promise<Host> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      behave(socket);
    });
    server.listen(this.port, address);
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.deadHost(domain, address);
    const close = async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    };
    this.#hosts.push({ close });
    return { close };
  }

  /** A domain whose host nobody answers for. */
  deadHost(domain: string, address: string): void {
    const name = `mx.${domain}`;
    this.add({
      [domain]: { MX: [[10, name]] },
      [name]: { [isIPv6(address) ? 'AAAA' : 'A']: [address] },
    });
  }

  add(records: Zone): void {
    Object.assign(this.#zone, records);
  }

  /** A server of ours in this internet. */
  async site(wishes: Wishes = {}, ports: StartOptions = {}, folder?: string): Promise<Site> {
    const outbound = {
      ...(this.port === 0 ? {} : { port: this.port }),
      ignore_target_hosts: ['192.0.2.1'],
      ...(wishes['outbound'] as object),
    };
    const all = { ...wishes, outbound };
    // Who names servers of the DNS asks them.
    const world = 'dns' in wishes ? {} : { resolver: this.resolver };
    const site = await startSite(this.#context, all, folder, { ...world, ...ports });
    this.#sites.push(site);
    return site;
  }
}

const WRONG: Reply = { code: 535, status: '5.7.8', text: 'wrong password' };
const NO_LOGIN: Reply = { code: 530, status: '5.7.0', text: 'log in first' };

/** Resolves when something holds; fails when it does not come to hold. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 8000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`it never came to this: ${what}`);
}
