/** How a client machine is set up. */
import type { TlsInfo } from '@postino/wire';
import type { ClientPhase } from './outcome.ts';

export interface SmtpClientOptions {
  /** What we call ourselves in EHLO: a domain or an address literal. RFC 5321 §4.1.1.1. */
  readonly hostname: string;
  /** Speak LMTP: LHLO, and one reply for each recipient behind the content; default `smtp`. RFC 2033 §4. */
  readonly protocol?: 'smtp' | 'lmtp';
  /** When to use STARTTLS: `required` lets nothing else pass; default `offered`. RFC 3207 §4. */
  readonly startTls?: 'never' | 'offered' | 'required';
  /**
   * When to send content in chunks, with BDAT: `offered`, the default, where both CHUNKING and PIPELINING are, so that
   * no chunk waits for the answer to another. LMTP has DATA alone. RFC 3030 §2.
   */
  readonly chunking?: 'never' | 'offered';
  /** The TLS that stood before the first octet (implicit TLS); default null. RFC 8314 §3.3. */
  readonly tls?: TlsInfo | null;
  /** Log in without TLS too; default false. RFC 4954 §4. */
  readonly allowPlaintextAuth?: boolean;
  readonly limits?: Partial<SmtpClientLimits>;
  readonly timeouts?: Partial<SmtpClientTimeouts>;
}

/** What a server may make us hold. */
export interface SmtpClientLimits {
  /** Octets of a reply line, its CRLF counted. RFC 5321 §4.5.3.1.5 has 512. */
  readonly replyLine: number;
  /** Octets of a line with a challenge. RFC 4954 §4. */
  readonly authLine: number;
  /** Lines of one reply. */
  readonly replyLines: number;
  /** Octets of commands whose replies are outstanding, when commands are pipelined. RFC 2920 §3.1. */
  readonly window: number;
  /** Octets of content that are gathered for a chunk; no piece of it is cut. RFC 3030 §2. */
  readonly chunk: number;
}

/** Milliseconds that the server has for a reply, by what it answers. RFC 5321 §4.5.3.2. */
export type SmtpClientTimeouts = Readonly<Record<ClientPhase, number>>;

const MINUTE = 60_000;

/** RFC 5321 §4.5.3.2 names the first five; the others are as long as a server may wait for us, but for QUIT. */
export const DEFAULT_CLIENT_TIMEOUTS: SmtpClientTimeouts = {
  connect: 5 * MINUTE,
  mail: 5 * MINUTE,
  rcpt: 5 * MINUTE,
  data: 2 * MINUTE,
  content: 10 * MINUTE,
  hello: 5 * MINUTE,
  startTls: 5 * MINUTE,
  auth: 5 * MINUTE,
  reset: 5 * MINUTE,
  quit: MINUTE,
};

/** Four times what a server may send: some do send more. RFC 5321 §4.5.3.1.5. */
const REPLY_LINE = 2048;
/** RFC 4954 §4. */
const AUTH_LINE = 12288;
/** More than any EHLO or banner; with REPLY_LINE it bounds a reply to 256 KB. */
const REPLY_LINES = 128;
/** The window that RFC 2920 §3.1 reckons with: no more can be under way without a risk of deadlock. */
const WINDOW = 4096;
/** As much as a socket takes at a time, more or less; RFC 3030 §2 leaves it open. */
const CHUNK = 65536;

export const DEFAULT_CLIENT_LIMITS: SmtpClientLimits = {
  replyLine: REPLY_LINE,
  authLine: AUTH_LINE,
  replyLines: REPLY_LINES,
  window: WINDOW,
  chunk: CHUNK,
};

export interface ResolvedClientOptions extends Required<
  Omit<SmtpClientOptions, 'tls' | 'limits' | 'timeouts'>
> {
  readonly limits: SmtpClientLimits;
  readonly timeouts: SmtpClientTimeouts;
}

/** Fills in the defaults; a `TypeError` names what cannot be. */
export function resolveClientOptions(options: SmtpClientOptions): ResolvedClientOptions {
  const resolved: ResolvedClientOptions = {
    hostname: options.hostname,
    protocol: options.protocol ?? 'smtp',
    startTls: options.startTls ?? 'offered',
    chunking: options.chunking ?? 'offered',
    allowPlaintextAuth: options.allowPlaintextAuth ?? false,
    limits: { ...DEFAULT_CLIENT_LIMITS, ...options.limits },
    timeouts: { ...DEFAULT_CLIENT_TIMEOUTS, ...options.timeouts },
  };
  check(/^[!-~]{1,255}$/.test(resolved.hostname), 'hostname');
  check(['smtp', 'lmtp'].includes(resolved.protocol), 'protocol');
  check(['never', 'offered', 'required'].includes(resolved.startTls), 'startTls');
  check(['never', 'offered'].includes(resolved.chunking), 'chunking');
  const numbers = { ...resolved.limits, ...resolved.timeouts };
  for (const [name, value] of Object.entries(numbers))
    check(Number.isSafeInteger(value) && value > 0, name);
  return resolved;
}

function check(sound: boolean, name: string): void {
  if (!sound) throw new TypeError(`SmtpClientOptions: ${name} is out of range`);
}
