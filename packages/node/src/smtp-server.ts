/** An SMTP server: the machine and the loop of smtp-wire, on the wires of a `WireServer`. */
import {
  encodeReply,
  run,
  SmtpServer,
  type RunOptions,
  type SessionEnd,
  type SmtpApp,
  type SmtpServerOptions,
} from '@postino/smtp-wire';
import type { Wire } from '@postino/wire';
import type { Connection } from './connection.ts';
import { WireServer, type WireServerOptions } from './wire-server.ts';

/** Makes the application of one session. */
export type SmtpAppFactory = (connection: Connection) => SmtpApp;

/** One session: what the machine takes (TLS is asked of the wire), what the loop takes, and who is told. */
export interface SmtpSessionOptions
  extends
    Omit<SmtpServerOptions, 'tls'>,
    Omit<RunOptions, 'onError'>,
    Pick<WireServerOptions, 'onError'> {
  /** A session is over. */
  readonly onEnd?: (connection: Connection, end: SessionEnd) => void;
}

/** A whole server. STARTTLS is offered where there is a certificate, unless `startTls` says otherwise. */
export interface SmtpListenerOptions extends Omit<SmtpSessionOptions, 'stop'>, WireServerOptions {}

/** A server that listens where `listen` or `bind` says. A bad option is a `TypeError`. */
export function createSmtpServer(
  options: SmtpListenerOptions,
  makeApp: SmtpAppFactory,
): WireServer {
  const session = { startTls: options.tls !== undefined, ...options };
  const { hostname } = new SmtpServer({ ...options, tls: null });
  return new WireServer(
    {
      serve: (wire, stop) => serveSmtp(wire, { ...session, stop }, makeApp),
      refusal: tooMany(hostname),
    },
    options,
  );
}

/** Runs one session on a wire, to its end. */
export async function serveSmtp(
  wire: Wire,
  options: SmtpSessionOptions,
  makeApp: SmtpAppFactory,
): Promise<SessionEnd> {
  const session = new SmtpServer({ ...options, tls: wire.tls });
  const onError = (error: unknown): void => options.onError?.(error, wire.peer);
  const end = await run(session, wire, makeApp(wire), { ...options, onError });
  options.onEnd?.(wire, end);
  return end;
}

/** RFC 5321 §3.8 has 421 for any time; a greeting carries no status, RFC 2034 §4. */
function tooMany(hostname: string): Uint8Array {
  return encodeReply({ code: 421, text: `${hostname} too many connections, please try later` });
}
