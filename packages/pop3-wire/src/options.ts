import type { TlsInfo } from '@postino/wire';
import type { Pop3Limits } from './limits.ts';
import { checkText } from './replies.ts';

/** What a server offers. All of it may be left out. */
export interface Pop3ServerOptions {
  /** The text after `+OK ` in the greeting; no `<`, which would announce APOP. RFC 1939 §4, RFC 2449 §3. */
  readonly greeting?: string;
  /** Names the implementation in CAPA, for logs; left out when not given. RFC 2449 §6.9. */
  readonly implementation?: string;
  /** Offers STLS. RFC 2595 §4. */
  readonly startTls?: boolean;
  /** The TLS session that stands from the start, as on port 995; `wire.tls` fits. */
  readonly tls?: TlsInfo | null;
  /**
   * SASL mechanisms to offer with AUTH, in capitals, or those that fit the TLS there is: asked again when it stands. The
   * application carries them out. RFC 5034 §3, RFC 5802 §6.
   */
  readonly mechanisms?: readonly string[] | ((tls: TlsInfo | null) => readonly string[]);
  /** Takes passwords without TLS: USER, PASS and mechanisms that show the secret. Default: no. RFC 2595 §2.3. */
  readonly allowPlaintextAuth?: boolean;
  /** Days that messages stay at the least, or `'NEVER'`: they stay for ever. Not announced when left out. RFC 2449 §6.7. */
  readonly expire?: number | 'NEVER';
  /** Seconds between two logins of a user, which the application sees to. Not announced when left out. RFC 2449 §6.5. */
  readonly loginDelay?: number;
  /** Offers UTF8; the application then learns from `context.utf8` whether it was asked for. RFC 6856 §2. */
  readonly utf8?: boolean;
  readonly limits?: Partial<Pop3Limits>;
}

/** Gives the options back. A text that cannot go on the wire is a `TypeError`. */
export function checkOptions(options: Pop3ServerOptions): Pop3ServerOptions {
  const { greeting = '', implementation = '', expire, loginDelay } = options;
  checkText(greeting);
  checkText(implementation);
  if (greeting.includes('<')) throw new TypeError('a greeting with "<" would announce APOP');
  if (expire !== 'NEVER') checkCount('expire', expire);
  checkCount('loginDelay', loginDelay);
  return options;
}

/** Those that fit this TLS. A name that is none is a `TypeError`. RFC 4422 §3.1. */
export function mechanismsFor(
  tls: TlsInfo | null,
  { mechanisms = [] }: Pop3ServerOptions,
): readonly string[] {
  const names = typeof mechanisms === 'function' ? mechanisms(tls) : mechanisms;
  const odd = names.find((name) => !/^[A-Z0-9_-]{1,20}$/.test(name));
  if (odd !== undefined) throw new TypeError(`not the name of a mechanism: ${JSON.stringify(odd)}`);
  return names;
}

function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return;
  throw new TypeError(`${name} must be a whole number, not ${count}`);
}
