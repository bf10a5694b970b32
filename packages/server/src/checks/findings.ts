/** What was found out about a message, as its header tells it. */
import type { DkimResult } from '@postino/dkim';
import type { ArcResult } from '@postino/dkim/arc';
import type { DmarcResult } from '@postino/dmarc';
import { formatAuthenticationResults, type AuthenticationResult } from '@postino/message';
import type { SpfResult } from '@postino/spf';
import type { IprevResult } from './iprev.ts';

/** What goes into the header of a message that is accepted. */
export interface Findings {
  /** The client's name, when it was confirmed. */
  readonly clientName: string | undefined;
  /** Whole fields, to stand above our Received. RFC 7208 §9.1. */
  readonly receivedSpf: readonly string[];
  /** Whole fields, to stand below our Received. RFC 8601 §4.1. */
  readonly trace: readonly string[];
  /** Whole fields, to stand below all others. */
  readonly warnings: readonly string[];
}

/** The results of the checks that were made. */
export interface CheckResults {
  readonly ip: string;
  readonly iprev: IprevResult | null;
  readonly spf: SpfResult | null;
  readonly dkim: readonly DkimResult[] | null;
  readonly dmarc: DmarcResult | null;
  readonly arc: ArcResult | null;
}

/** Characters of a signature that tell it from others. RFC 6008 §4. */
const SIGNATURE_START = 8;

/** `Authentication-Results`, or nothing when nothing was checked. RFC 8601 §2.7. */
export function authenticationResults(authservId: string, found: CheckResults): string[] {
  const results = [
    ...(found.iprev ? [ofIprev(found.ip, found.iprev)] : []),
    ...(found.spf ? [ofSpf(found.spf)] : []),
    ...(found.dkim ? ofDkim(found.dkim) : []),
    ...(found.dmarc ? [ofDmarc(found.dmarc)] : []),
    ...(found.arc ? [ofArc(found.ip, found.arc)] : []),
  ];
  return results.length > 0 ? [formatAuthenticationResults({ authservId, results })] : [];
}

/** RFC 8601 §2.7.3. */
function ofIprev(ip: string, { result }: IprevResult): AuthenticationResult {
  return { method: 'iprev', result, properties: { 'policy.iprev': ip } };
}

/** The local part is not told, since SPF says nothing of it. RFC 8601 §2.7.2. */
function ofSpf({ result, identity, domain, reason }: SpfResult): AuthenticationResult {
  return {
    method: 'spf',
    result,
    ...(reason !== undefined && result !== 'none' && { reason }),
    properties: given({ [`smtp.${identity}`]: domain }),
  };
}

/** One for each signature. RFC 8601 §2.7.1, RFC 6008 §4. */
function ofDkim(results: readonly DkimResult[]): AuthenticationResult[] {
  if (results.length === 0) return [{ method: 'dkim', result: 'none' }];
  return results.map(
    ({
      result,
      reason,
      domain,
      identity,
      selector,
      algorithm,
      signature,
    }): AuthenticationResult => ({
      method: 'dkim',
      result,
      ...(reason !== undefined && { reason }),
      properties: given({
        'header.d': domain,
        'header.i': identity,
        'header.s': selector,
        'header.a': algorithm,
        'header.b': signature?.slice(0, SIGNATURE_START),
      }),
    }),
  );
}

/** RFC 7489 §11.2; the disposition as RFC 8601 §2.4 has it. */
function ofDmarc({ result, from, disposition, reason }: DmarcResult): AuthenticationResult {
  return {
    method: 'dmarc',
    result,
    ...(reason !== undefined && { reason }),
    properties: given({
      'header.from': from,
      'policy.dmarc': result === 'fail' ? disposition : undefined,
    }),
  };
}

/** RFC 8617 §6, §10.2. */
function ofArc(ip: string, { result, reason, oldestPass }: ArcResult): AuthenticationResult {
  return {
    method: 'arc',
    result,
    ...(reason !== undefined && { reason }),
    properties: given({ 'smtp.remote-ip': ip, 'header.oldest-pass': oldestPass?.toString() }),
  };
}

/** The properties that have a value. */
function given(properties: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const some = Object.entries(properties).filter(([, value]) => value);
  return Object.fromEntries(some.map(([key, value]) => [key, value ?? '']));
}
