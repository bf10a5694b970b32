/** One connection: dialled, under TLS as the rule has it, logged in. */
import { connectSmtp, type SmtpConnection } from '@postino/smtp-wire';
import type { Cancel, TlsOptions, Wire } from '@postino/wire';
import type { ClientSettings, Smarthost } from './options.ts';
import { noConnection, noTrust } from './replies.ts';
import { handshakeOf, type UsableRule } from './tls-policy.ts';
import type { Dial, Told } from './types.ts';
import { VerifiedWire } from './verified-wire.ts';

/** A host at one of its addresses, and what is asked of the connection. */
export interface Target {
  /** Its name, or an address literal. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly rule: UsableRule;
  readonly implicitTls: boolean;
  readonly login?: Smarthost['login'] | undefined;
}

export interface Dialling {
  readonly dial: Dial;
  readonly localAddress: string | null;
  readonly client: ClientSettings;
  /** Cuts the connection, once it stands too. */
  readonly cancel: Cancel;
}

export type Opened = { readonly smtp: SmtpConnection } | { readonly failure: Told };

/**
 * Opens it; nothing is left open where that fails. Where TLS is welcome but not required, a connection on which it
 * failed is followed by one in the clear. RFC 3207 §4.1, RFC 7435 §3.
 */
export async function openConnection(target: Target, how: Dialling): Promise<Opened> {
  const wire = await dialTo(target, how);
  if ('failure' in wire) return wire;
  const opened = await speak(wire, target, how);
  if ('smtp' in opened || !failedAtTls(opened.failure, wire)) return opened;
  if (target.rule.tls !== 'may' || target.implicitTls || how.cancel.aborted) return opened;
  return openConnection({ ...target, rule: { tls: 'none' } }, how);
}

/** With TLS 1.3 a server may reject the handshake when we think that it is done. */
function failedAtTls({ phase, local }: Told, { tls }: Wire): boolean {
  return phase === 'startTls' || (local && tls !== null);
}

async function dialTo(
  { host, address, port }: Target,
  { dial, localAddress, cancel }: Dialling,
): Promise<VerifiedWire | { readonly failure: Told }> {
  try {
    const own = localAddress === null ? {} : { localAddress };
    return new VerifiedWire(await dial({ address, port }, { cancel, ...own }));
  } catch (cause) {
    return { failure: noConnection(host, cause) };
  }
}

async function speak(wire: VerifiedWire, target: Target, how: Dialling): Promise<Opened> {
  const { host, rule, login, implicitTls } = target;
  const handshake = handshakeOf(rule, host);
  if (implicitTls && !(await secure(wire, handshake)))
    return { failure: noTrust(host, wire.handshakeError) };
  const connected = await connectSmtp(wire, {
    ...how.client,
    startTls: START_TLS[rule.tls],
    handshake,
    cancel: how.cancel,
    ...(login && { mechanisms: login }),
    // Who asked for no TLS has asked for that too.
    allowPlaintextAuth: rule.tls === 'none',
  });
  if ('connection' in connected) return { smtp: connected.connection };
  const { failure } = connected;
  return { failure: wire.handshakeError ? noTrust(host, wire.handshakeError) : failure };
}

const START_TLS = { none: 'never', may: 'offered', require: 'required' } as const;

/** Whether TLS stands; the wire knows why not. */
async function secure(wire: VerifiedWire, handshake: TlsOptions): Promise<boolean> {
  try {
    await wire.startTls(handshake);
    return true;
  } catch {
    wire.destroy();
    return false;
  }
}
