/** How a server machine is set up. */
import type { TlsInfo } from '@postino/wire';
import { DEFAULT_LIMITS, DEFAULT_MAX_MESSAGE_SIZE, type SmtpLimits } from './limits.ts';
import { isServable, type ServedExtension } from './served-extension.ts';
import { resolveTimeouts, type SmtpTimeouts } from './timeouts.ts';

/** Names of SASL mechanisms, or who knows them for each state of TLS: some are bound to it. RFC 5802 §6. */
export type ServedMechanisms = readonly string[] | ((tls: TlsInfo | null) => readonly string[]);

export interface SmtpServerOptions {
  /** A domain or an address literal: the greeting, EHLO, 221 and 421 begin with it. RFC 5321 §4.2. */
  readonly hostname: string;
  /** `lmtp`: LHLO, and a reply for each recipient behind the content; default `smtp`. RFC 2033 §4. */
  readonly protocol?: 'smtp' | 'lmtp';
  /** Octets; default 50 MB. RFC 1870 §5. */
  readonly maxMessageSize?: number;
  /** Offer DSN, so that the application hears of NOTIFY, ORCPT, RET and ENVID; default false. RFC 3461 §3. */
  readonly dsn?: boolean;
  /** Offer CHUNKING, that is BDAT; default false. RFC 3030 §2. */
  readonly chunking?: boolean;
  /** Offer BINARYMIME; needs `chunking`, and a store that keeps every octet; default false. RFC 3030 §3. */
  readonly binaryMime?: boolean;
  /**
   * Offer REQUIRETLS within TLS: whoever accepts such a message vouches that it goes on by TLS alone; default false.
   * RFC 8689 §2, §4.1.
   */
  readonly requireTls?: boolean;
  /** Offer LIMITS: recipients and messages, as `limits` has them; default false. RFC 9422 §3. */
  readonly announceLimits?: boolean;
  /** Offer these too, and take their parameters; default none. RFC 5321 §2.2.2. */
  readonly extensions?: readonly ServedExtension[];
  /**
   * Offer STARTTLS; `required`: without TLS all but EHLO, NOOP, STARTTLS and QUIT is 530, which a host that the MX records
   * of a domain name must not do; default false. RFC 3207 §2, §4.
   */
  readonly startTls?: boolean | 'required';
  /** Offer AUTH with these, or with those that fit the TLS there is: asked again when it stands; default none. RFC 4954 §3. */
  readonly mechanisms?: ServedMechanisms;
  /** Offer AUTH without TLS too; default false. RFC 4954 §4. */
  readonly allowPlaintextAuth?: boolean;
  /** The TLS that stood before the first octet (implicit TLS); default null. RFC 8314 §3.3. */
  readonly tls?: TlsInfo | null;
  /** What to do with a peer that speaks before the greeting: refuse it at once, or ask; default `refuse`. RFC 5321 §3.1. */
  readonly earlyTalkers?: 'refuse' | 'ask';
  /**
   * What to do with a peer that does not wait: one that goes on behind a command that must be the last of its group, or
   * pipelines after HELO. Take it, or close with 554; default `take`. RFC 2920 §3.1.
   */
  readonly unsynchronized?: 'take' | 'refuse';
  /**
   * Make CRLF of an LF that stands alone in the content of DATA, instead of refusing the message; where it touches a dot
   * at the beginning of a line it is refused all the same. Signatures break. Default false.
   */
  readonly rewriteBareLf?: boolean;
  /** What a NUL in a message means; default `keep`. RFC 5321 §4.5.2. */
  readonly nul?: 'keep' | 'refuse';
  /** Take `_` in the name of EHLO and HELO; default false. */
  readonly helloUnderscores?: boolean;
  readonly limits?: Partial<SmtpLimits>;
  readonly timeouts?: Partial<SmtpTimeouts>;
}

export interface ResolvedOptions extends Required<
  Omit<SmtpServerOptions, 'limits' | 'timeouts' | 'tls' | 'mechanisms'>
> {
  /** Throws a `TypeError` for a name that is none. */
  readonly mechanisms: (tls: TlsInfo | null) => readonly string[];
  readonly limits: SmtpLimits;
  readonly timeouts: SmtpTimeouts;
}

/** Fills in the defaults; a `TypeError` names what cannot be. */
export function resolveOptions(options: SmtpServerOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    hostname: options.hostname,
    protocol: options.protocol ?? 'smtp',
    maxMessageSize: options.maxMessageSize ?? DEFAULT_MAX_MESSAGE_SIZE,
    dsn: options.dsn ?? false,
    chunking: options.chunking ?? false,
    binaryMime: options.binaryMime ?? false,
    requireTls: options.requireTls ?? false,
    announceLimits: options.announceLimits ?? false,
    extensions: options.extensions ?? [],
    startTls: options.startTls ?? false,
    mechanisms: served(options.mechanisms ?? []),
    allowPlaintextAuth: options.allowPlaintextAuth ?? false,
    earlyTalkers: options.earlyTalkers ?? 'refuse',
    unsynchronized: options.unsynchronized ?? 'take',
    rewriteBareLf: options.rewriteBareLf ?? false,
    nul: options.nul ?? 'keep',
    helloUnderscores: options.helloUnderscores ?? false,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    timeouts: resolveTimeouts(options.timeouts),
  };
  check(/^[!-~]{1,255}$/.test(resolved.hostname), 'hostname');
  check(['smtp', 'lmtp'].includes(resolved.protocol), 'protocol');
  check([true, false, 'required'].includes(resolved.startTls), 'startTls');
  check(resolved.extensions.every(isServable), 'extensions');
  check(resolved.chunking || !resolved.binaryMime, 'binaryMime');
  const numbers = {
    maxMessageSize: resolved.maxMessageSize,
    ...resolved.limits,
    ...resolved.timeouts,
  };
  for (const [name, value] of Object.entries(numbers))
    check(Number.isSafeInteger(value) && value > 0, name);
  return resolved;
}

function served(mechanisms: ServedMechanisms): ResolvedOptions['mechanisms'] {
  if (typeof mechanisms === 'function') return (tls) => names(mechanisms(tls));
  const always = names(mechanisms);
  return () => always;
}

/** RFC 4422 §3.1. */
function names(given: readonly string[]): readonly string[] {
  const mechanisms = given.map((mechanism) => mechanism.toUpperCase());
  check(
    mechanisms.every((name) => /^[A-Z0-9_-]{1,20}$/.test(name)),
    'mechanisms',
  );
  return mechanisms;
}

function check(sound: boolean, name: string): void {
  if (!sound) throw new TypeError(`SmtpServerOptions: ${name} is out of range`);
}
