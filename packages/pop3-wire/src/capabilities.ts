/** What CAPA lists, and which mechanisms are offered when. RFC 2449 §5 and §6. */
import type { Pop3ServerOptions } from './options.ts';

/** Mechanisms that show nobody the secret. What is not known here needs TLS. RFC 2195 §2, RFC 5802 §1. */
const SAFE_IN_CLEAR = /^(?:CRAM-MD5|SCRAM-.+)$/;

/** The lines of CAPA's answer. All but STLS stand in both states, as RFC 2449 §5 demands. */
export function capabilities(
  options: Pop3ServerOptions,
  state: { secure: boolean; loggedIn: boolean },
): string[] {
  const { implementation, startTls = false } = options;
  const mechanisms = mechanismsOffered(options, state.secure);
  return [
    'TOP', // RFC 2449 §6.1
    'UIDL', // RFC 2449 §6.8
    'RESP-CODES', // RFC 2449 §6.4
    'PIPELINING', // RFC 2449 §6.6
    'AUTH-RESP-CODE', // RFC 3206 §6
    ...(startTls && !state.secure && !state.loggedIn ? ['STLS'] : []), // RFC 2595 §4: where permitted
    ...(passwordsAllowed(options, state.secure) ? ['USER'] : []), // RFC 2449 §6.2
    ...(mechanisms.length > 0 ? [`SASL ${mechanisms.join(' ')}`] : []), // RFC 2449 §6.3, RFC 5034 §3
    ...(implementation === undefined ? [] : [`IMPLEMENTATION ${implementation}`]), // RFC 2449 §6.9
  ];
}

/** Whether USER and PASS are taken. RFC 2595 §2.3. */
export function passwordsAllowed(options: Pop3ServerOptions, secure: boolean): boolean {
  return secure || options.allowPlaintextAuth === true;
}

/** The mechanisms that may be used as things are. */
export function mechanismsOffered(options: Pop3ServerOptions, secure: boolean): readonly string[] {
  const all = options.mechanisms ?? [];
  return passwordsAllowed(options, secure) ? all : all.filter((name) => SAFE_IN_CLEAR.test(name));
}
