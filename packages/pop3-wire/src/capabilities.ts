/** What CAPA lists, and which mechanisms are offered when. RFC 2449 §5 and §6. */
import type { Pop3ServerOptions } from './options.ts';

/** Mechanisms that show nobody the secret. What is not known here needs TLS. RFC 2195 §2, RFC 5802 §1. */
const SAFE_IN_CLEAR = /^(?:CRAM-MD5|SCRAM-.+)$/;

/** What decides on what is offered. */
interface Situation {
  readonly options: Pop3ServerOptions;
  readonly secure: boolean;
  /** Those that fit the TLS there is. */
  readonly mechanisms: readonly string[];
  readonly loggedIn: boolean;
}

/** The lines of CAPA's answer. All but STLS stand in both states, as RFC 2449 §5 demands. */
export function capabilities(situation: Situation): string[] {
  const { options, secure, loggedIn } = situation;
  const mechanisms = mechanismsOffered(situation);
  const lines = ['TOP', 'UIDL', 'RESP-CODES', 'PIPELINING', 'AUTH-RESP-CODE']; // RFC 2449 §6, RFC 3206 §6
  if (options.startTls && !secure && !loggedIn) lines.push('STLS'); // where it is permitted: RFC 2595 §4
  if (passwordsAllowed(situation)) lines.push('USER'); // RFC 2449 §6.2
  if (mechanisms.length > 0) lines.push(`SASL ${mechanisms.join(' ')}`); // RFC 2449 §6.3, RFC 5034 §3
  if (options.loginDelay !== undefined) lines.push(`LOGIN-DELAY ${options.loginDelay}`); // RFC 2449 §6.5
  if (options.expire !== undefined) lines.push(`EXPIRE ${options.expire}`); // RFC 2449 §6.7
  if (options.utf8) lines.push('UTF8'); // RFC 6856 §2
  if (options.implementation) lines.push(`IMPLEMENTATION ${options.implementation}`); // RFC 2449 §6.9
  return lines;
}

/** Whether USER and PASS are taken. RFC 2595 §2.3. */
export function passwordsAllowed({ options, secure }: Situation): boolean {
  return secure || options.allowPlaintextAuth === true;
}

/** The mechanisms that may be used as things are. */
export function mechanismsOffered(situation: Situation): readonly string[] {
  const { mechanisms } = situation;
  return passwordsAllowed(situation)
    ? mechanisms
    : mechanisms.filter((name) => SAFE_IN_CLEAR.test(name));
}
