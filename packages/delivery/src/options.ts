/** How deliveries are set up. */
import type { Resolver } from '@postino/dns';
import { IGNORED_TARGET_HOSTS, Networks } from '@postino/router';
import {
  SmtpClient,
  type ClientMechanism,
  type SmtpClientLimits,
  type SmtpClientOptions,
  type SmtpClientTimeouts,
} from '@postino/smtp-wire';
import type { Cancel, TlsInfo } from '@postino/wire';
import { resolveLimits, type DeliveryLimits } from './limits.ts';
import { OPPORTUNISTIC, type TlsPolicy, type UsableRule } from './tls-policy.ts';
import type { Dial, Signer } from './types.ts';

/** Milliseconds for the answer to QUIT, which nothing depends on. Ours; RFC 5321 §4.1.1.10 asks to wait, and names no time. */
export const QUIT_TIMEOUT = 5_000;
/** RFC 5321 §4.5.4.2. */
const SMTP_PORT = 25;

export interface DeliveryOptions {
  /** What we call ourselves in EHLO. RFC 5321 §4.1.1.1. */
  readonly hostname: string;
  readonly resolver: Resolver;
  readonly dial: Dial;
  /** How far connections must be protected; default `OPPORTUNISTIC`. Not asked for a smarthost. */
  readonly policy?: TlsPolicy;
  /** Takes all mail, whatever the DNS says of its domains. */
  readonly smarthost?: Smarthost;
  /** Our own IP addresses: connections come from the first of the peer's family; default the system's choice. */
  readonly interface?: string | readonly string[];
  /** Of the hosts of others; default 25. */
  readonly port?: number;
  /** Addresses and networks that no host of another can have; default `IGNORED_TARGET_HOSTS`, the loopback. */
  readonly ignoreTargetHosts?: readonly string[];
  /** Names and addresses, beside `hostname`, by which we are known: what they are MX of would come back. RFC 5321 §5.1. */
  readonly ownHosts?: readonly string[];
  /** Whether content goes in chunks to hosts that offer CHUNKING; default `offered`. RFC 3030 §2. */
  readonly chunking?: NonNullable<SmtpClientOptions['chunking']>;
  readonly limits?: Partial<DeliveryLimits>;
  /** Milliseconds for the replies of a server; QUIT has `QUIT_TIMEOUT` unless said otherwise. */
  readonly timeouts?: Partial<SmtpClientTimeouts>;
  /** What a server may make us hold. */
  readonly replyLimits?: Partial<SmtpClientLimits>;
  /** Milliseconds since some moment; default the system's clock. */
  readonly now?: () => number;
  /** Between 0 and 1: shuffles hosts of one preference. RFC 5321 §5.1. */
  readonly random?: () => number;
}

/** A host that takes mail for everywhere; the operator's word, so `ignoreTargetHosts` does not hold for it. */
export interface Smarthost {
  /** A name, whose MX records are not looked at, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet on. RFC 8314 §3.3. */
  readonly implicitTls?: boolean;
  /** Default: TLS with a verified certificate where there is a login, and else what is offered. */
  readonly rule?: UsableRule;
  /**
   * Ways to log in, made anew for each connection, and for the TLS that stands: the first that is offered is taken.
   * RFC 4954 §4.
   */
  readonly login?: (tls: TlsInfo | null) => readonly ClientMechanism[];
}

/** What goes with one message. */
export interface SendOptions {
  readonly signer?: Signer;
  /** Cuts all connections of this message: who has no result yet is deferred. */
  readonly cancel?: Cancel;
}

export interface ResolvedOptions extends Required<
  Pick<DeliveryOptions, 'resolver' | 'dial' | 'policy' | 'port' | 'now' | 'random'>
> {
  readonly smarthost: Smarthost | null;
  readonly localAddresses: readonly string[];
  readonly ignored: Networks;
  readonly ownHosts: readonly string[];
  readonly limits: DeliveryLimits;
  readonly client: ClientSettings;
}

export interface ClientSettings {
  readonly hostname: string;
  readonly chunking: NonNullable<SmtpClientOptions['chunking']>;
  readonly timeouts: Partial<SmtpClientTimeouts>;
  readonly limits: Partial<SmtpClientLimits>;
}

/** Fills in the defaults; a `TypeError` names what cannot be. */
export function resolveOptions(options: DeliveryOptions): ResolvedOptions {
  const { hostname, smarthost = null, port = SMTP_PORT } = options;
  const client: ClientSettings = {
    hostname,
    chunking: options.chunking ?? 'offered',
    timeouts: { quit: QUIT_TIMEOUT, ...options.timeouts },
    limits: options.replyLimits ?? {},
  };
  checkClient(client);
  for (const number of [port, smarthost?.port ?? port]) checkPort(number);
  return {
    resolver: options.resolver,
    dial: options.dial,
    policy: options.policy ?? OPPORTUNISTIC,
    port,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    smarthost,
    localAddresses: [options.interface ?? []].flat(),
    ignored: new Networks(options.ignoreTargetHosts ?? IGNORED_TARGET_HOSTS),
    ownHosts: [hostname, ...(options.ownHosts ?? [])],
    limits: resolveLimits(options.limits),
    client,
  };
}

/** A machine that never speaks finds out what is wrong with these, before a message is at stake. */
function checkClient(settings: ClientSettings): SmtpClient {
  return new SmtpClient(settings);
}

/** A password goes to nobody but him who can show that he is the one. RFC 4954 §4. */
export function smarthostRule({ rule, login }: Smarthost): UsableRule {
  return rule ?? { tls: login ? 'require' : 'may' };
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new TypeError('DeliveryOptions: a port is a number from 1 to 65535');
}
