/** Listening, counting and stopping, for whatever is spoken on a wire. It knows no protocol. */
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cancel, Endpoint } from '@postino/wire';
import { Certificates, type CertificateOptions } from './certificates.ts';
import { ConnectionLimits, type ConnectionLimitOptions } from './connection-limits.ts';
import { peerOf } from './endpoint.ts';
import { NodeWire, type NodeWireOptions } from './node-wire.ts';
import { readProxyHeader, type ProxyProtocolOptions } from './proxy-protocol.ts';

/** Milliseconds that sessions have to end after `close`. Our choice. */
export const GRACE = 30_000;

export interface WireServerOptions {
  /** What STARTTLS and implicit TLS show. A `Certificates` may be shared; anything else is opened by the first `bind`. */
  readonly tls?: Certificates | CertificateOptions;
  /** A `ConnectionLimits` may be shared between servers. */
  readonly connections?: ConnectionLimits | ConnectionLimitOptions;
  /** Proxies whose connections begin with a PROXY header, before TLS too. Left out, there are none. */
  readonly proxyProtocol?: ProxyProtocolOptions;
  /** Milliseconds that sessions have to end after `close`; then they are cut. */
  readonly grace?: number;
  readonly wire?: Omit<NodeWireOptions, 'certificates' | 'authorities'>;
  /** Something failed: a session, a handshake, or (with no peer) a listener. Whatever it is, the server goes on. */
  readonly onError?: (error: unknown, peer: Endpoint | null) => void;
  /** Somebody was turned away because there are too many connections. */
  readonly onRefuse?: (peer: Endpoint) => void;
}

export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** The address to listen on; `::` takes no IPv4. Without one, all of both. */
  readonly host?: string;
  /** TLS from the first octet, as on ports 465 and 995. RFC 8314 §3. */
  readonly implicitTls?: boolean;
}

/** What a server does with its connections. */
export interface Service {
  /** Runs a session; `stop` fires when the server wants it to end. The wire is cut once the promise settles. */
  serve(wire: NodeWire, stop: Cancel): Promise<unknown>;
  /** What a connection hears that is one too many; not said under implicit TLS. */
  readonly refusal: Uint8Array;
}

interface Session {
  readonly wire: NodeWire;
  readonly stop: AbortController;
  readonly implicitTls: boolean;
  readonly proxied: boolean;
  /** Until the proxy's header is read and TLS stands. */
  arriving: boolean;
  /** Count the connection out. */
  readonly leave: (() => void)[];
}

/** Any number of listeners whose connections go to one service, under common limits. */
export class WireServer {
  readonly #service: Service;
  readonly #options: WireServerOptions;
  readonly #limits: ConnectionLimits;
  readonly #listeners = new Set<Server>();
  readonly #sessions = new Set<Session>();
  #certificates: Certificates | null = null;
  /** Who waits for `start`; null from then on. */
  #held: Session[] | null = [];
  #emptied: () => void = () => {};
  #closing: Promise<void> | null = null;

  constructor(service: Service, options: WireServerOptions = {}) {
    const { connections = {} } = options;
    this.#service = service;
    this.#options = options;
    this.#limits =
      connections instanceof ConnectionLimits ? connections : new ConnectionLimits(connections);
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** `bind` and `start`. */
  async listen(options: ListenOptions): Promise<AddressInfo> {
    const address = await this.bind(options);
    this.start();
    return address;
  }

  /**
   * Takes the port, and lets who connects wait until `start`: so that root can bind and somebody else serve. Rejects
   * where the port cannot be had or the certificate is no good.
   */
  async bind(options: ListenOptions): Promise<AddressInfo> {
    const { implicitTls = false } = options;
    if (implicitTls && !this.#options.tls)
      throw new TypeError('implicitTls needs a certificate in tls');
    this.#certificates ??= await openCertificates(this.#options.tls);
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket, implicitTls),
    );
    const address = await listening(listener, options);
    listener.on('error', (error) => this.#options.onError?.(error, null));
    this.#listeners.add(listener);
    return address;
  }

  /** Serves who is waiting and who comes. */
  start(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const session of held) void this.#serve(session);
  }

  /** Stops listening, asks every session to end, and cuts after a while those that have not. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #accept(socket: Socket, implicitTls: boolean): void {
    const peer = peerOf(socket);
    // Who has gone already has no address.
    if (peer.address === '') return void socket.destroy();
    const proxied = this.#options.proxyProtocol?.trusted.has(peer.address) ?? false;
    // Through a proxy it is from somebody else.
    const leave = proxied ? this.#limits.enterUnknown() : this.#limits.enter(peer.address);
    if (!leave) return this.#refuse(socket, peer, implicitTls);
    const wire = new NodeWire(socket, this.#wireOptions());
    const stop = new AbortController();
    const arriving = implicitTls || proxied;
    const session = { wire, implicitTls, proxied, arriving, stop, leave: [leave] };
    this.#sessions.add(session);
    if (this.#held) this.#held.push(session);
    else void this.#serve(session);
  }

  #refuse(socket: Socket, peer: Endpoint, implicitTls: boolean): void {
    socket.on('error', () => {});
    if (implicitTls) socket.destroy();
    else socket.end(this.#service.refusal, () => socket.destroy());
    this.#options.onRefuse?.(peer);
  }

  async #serve(session: Session): Promise<void> {
    const { wire, stop, implicitTls, proxied, leave } = session;
    try {
      if (proxied && !(await this.#introduce(session))) return;
      if (implicitTls) await wire.expectTls();
      session.arriving = false;
      await this.#service.serve(wire, stop.signal);
    } catch (error) {
      this.#options.onError?.(error, wire.peer);
    } finally {
      wire.destroy();
      for (const count of leave) count();
      this.#sessions.delete(session);
      if (this.#sessions.size === 0) this.#emptied();
    }
  }

  /** Whose the connection is, and whether he may come in. */
  async #introduce({ wire, implicitTls, leave }: Session): Promise<boolean> {
    if (!(await readProxyHeader(wire, this.#options.proxyProtocol ?? {}))) return false;
    const leaveAddress = this.#limits.enterAddress(wire.peer.address);
    if (leaveAddress) return leave.push(leaveAddress) > 0;
    this.#options.onRefuse?.(wire.peer);
    if (!implicitTls) await wire.write(this.#service.refusal);
    await wire.close();
    return false;
  }

  async #close(): Promise<void> {
    const listeners = [...this.#listeners].map((listener) => closed(listener));
    for (const session of this.#sessions) stop(session);
    this.start();
    await this.#empty(this.#options.grace ?? GRACE);
    for (const { wire } of this.#sessions) wire.destroy();
    await Promise.all(listeners);
  }

  /** Resolves when no session is left, or after `timeout` milliseconds. */
  #empty(timeout: number): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #wireOptions(): NodeWireOptions {
    const certificates = this.#certificates;
    return { ...this.#options.wire, ...(certificates ? { certificates } : {}) };
  }
}

/** Who is still arriving has nothing to lose; a session is asked. */
function stop(session: Session): void {
  if (session.arriving) session.wire.destroy();
  else session.stop.abort();
}

async function openCertificates(tls: WireServerOptions['tls']): Promise<Certificates | null> {
  if (!tls || tls instanceof Certificates) return tls ?? null;
  return Certificates.open(tls);
}

function listening(listener: Server, { port, host }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ port, ...(host ? { host, ipv6Only: isIPv6(host) } : {}) }, () => {
      listener.off('error', reject);
      const address = listener.address();
      if (address && typeof address === 'object') resolve(address);
    });
  });
}

function closed(listener: Server): Promise<void> {
  return new Promise((resolve) => listener.close(() => resolve()));
}
