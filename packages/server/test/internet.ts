/** A small internet on loopback: hosts of others on addresses of their own and one port, and a DNS that knows them. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { formatPath } from '@postino/address';
import { zone } from '@postino/dns';
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
}

export interface HostOptions {
  /** What RCPT is answered. */
  readonly rcpt?: (to: string) => Reply | undefined;
  /** Whether STARTTLS is offered. */
  readonly tls?: boolean;
}

/** Answers of a DNS, as `zone()` takes them. */
type Zone = Parameters<typeof zone>[0];

export class Internet {
  readonly #context: TestContext;
  readonly #zone: Zone = {};
  readonly #sites: Site[] = [];
  readonly #hosts: { close(): Promise<void> }[] = [];
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

  /** A host at an address of the loopback that takes mail for a domain; gives what came. */
  async host(domain: string, address: string, options: HostOptions = {}): Promise<Letter[]> {
    const letters: Letter[] = [];
    const name = `mx.${domain}`;
    const { certificate, key } = selfSigned(['localhost']);
    const server = createSmtpServer(
      { hostname: name, ...(options.tls ? { tls: { certificate, key } } : {}) },
      () => {
        let from = '';
        let to: string[] = [];
        let text = '';
        return {
          mail(path) {
            [from, to, text] = [formatPath(path), [], ''];
          },
          rcpt(path) {
            const address = formatPath(path).slice(1, -1);
            const reply = options.rcpt?.(address);
            if (!reply) to.push(address);
            return reply;
          },
          content: (bytes) => void (text += Buffer.from(bytes).toString('latin1')),
          message(_size, { tls, hello }) {
            letters.push({ from, to, text, tls: tls?.protocol ?? null, hello: hello!.name });
          },
        };
      },
    );
    const { port } = await server.listen({ host: address, port: this.port });
    this.port = port;
    this.#hosts.push(server);
    this.add({ [domain]: { MX: [[10, name]] }, [name]: { A: [address] } });
    return letters;
  }

  /** A domain whose host nobody answers for. */
  deadHost(domain: string, address: string): void {
    this.add({ [domain]: { MX: [[10, `mx.${domain}`]] }, [`mx.${domain}`]: { A: [address] } });
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
    const resolver = zone(this.#zone);
    const all = { ...wishes, outbound };
    const site = await startSite(this.#context, all, folder, { resolver, ...ports });
    this.#sites.push(site);
    return site;
  }
}

/** Resolves when something holds; fails when it does not come to hold. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`it never came to this: ${what}`);
}
