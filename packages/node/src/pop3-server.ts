/** A POP3 server: the machine and the loop of pop3-wire, on the wires of a `WireServer`. */
import {
  Pop3Server,
  run,
  type Pop3App,
  type Pop3ServerOptions,
  type RunOptions,
  type SessionEnd,
} from '@postino/pop3-wire';
import { asciiBytes, type Wire } from '@postino/wire';
import type { Connection } from './connection.ts';
import { WireServer, type WireServerOptions } from './wire-server.ts';

/** RFC 3206 §4: SYS/TEMP is trouble that will pass. */
const TOO_MANY = asciiBytes('-ERR [SYS/TEMP] Too many connections.\r\n');

/** Makes the application of one session. */
export type Pop3AppFactory = (connection: Connection) => Pop3App;

/** One session: what the machine takes (TLS is asked of the wire), what the loop takes, and who is told. */
export interface Pop3SessionOptions
  extends
    Omit<Pop3ServerOptions, 'tls'>,
    Omit<RunOptions, 'onError'>,
    Pick<WireServerOptions, 'onError'> {
  /** A session is over. */
  readonly onEnd?: (connection: Connection, end: SessionEnd) => void;
}

/** A whole server. STLS is offered where there is a certificate, unless `startTls` says otherwise. */
export interface Pop3ListenerOptions extends Omit<Pop3SessionOptions, 'stop'>, WireServerOptions {}

/** A server that listens where `listen` or `bind` says. A bad option is a `TypeError`. */
export function createPop3Server(
  options: Pop3ListenerOptions,
  makeApp: Pop3AppFactory,
): WireServer {
  const session = { startTls: options.tls !== undefined, ...options };
  void new Pop3Server({ ...options, tls: null });
  return new WireServer(
    {
      serve: (wire, stop) => servePop3(wire, { ...session, stop }, makeApp),
      refusal: TOO_MANY,
    },
    options,
  );
}

/** Runs one session on a wire, to its end. */
export async function servePop3(
  wire: Wire,
  options: Pop3SessionOptions,
  makeApp: Pop3AppFactory,
): Promise<SessionEnd> {
  const session = new Pop3Server({ ...options, tls: wire.tls });
  const onError = (error: unknown): void => options.onError?.(error, wire.peer);
  const end = await run(session, wire, makeApp(wire), { ...options, onError });
  options.onEnd?.(wire, end);
  return end;
}
