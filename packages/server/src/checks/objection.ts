/** What speaks against a message, and what is said of it to its reader or its sender. */
import type { DkimResult } from '@postino/dkim';
import type { DmarcResult } from '@postino/dmarc';
import type { DnsblResult } from '@postino/dnsbl';
import { harmless } from '@postino/message';
import type { SpfResult } from '@postino/spf';
import type { Reply } from '@postino/wire';
import type { CheckAction } from '../config/config.ts';
import type { IprevResult } from './iprev.ts';

export interface Objection {
  /** What X-Warning says, and the first line of a refusal. Others' text is in it. */
  readonly text: string;
  /** The second number of the enhanced status; 7 unless given. */
  readonly subject?: number;
  /** The last one. */
  readonly detail: number;
  /** What the list or the domain says itself. A stranger's text. */
  readonly explanation?: string;
}

/** An action of the configuration, and what it is to be taken for. */
export type Judged = readonly [action: CheckAction, against: Objection | null];

/** Octets of a warning; it is cut behind them, so that it stays on one line. RFC 5322 §2.1.1. */
const MAX_WARNING = 900;
/** Octets of a stranger's text in a refusal. Our choice: it fits one line of a reply. RFC 5321 §4.5.3.1.5. */
const MAX_EXPLANATION = 400;

/** The first list that has the address, in the order of the configuration. RFC 3463 §3.8. */
export function listed(ip: string, results: readonly DnsblResult[]): Objection | null {
  const found = results.find(({ status }) => status === 'listed');
  if (!found) return null;
  const { zone, text } = found;
  return {
    text: `${ip} is in a black list at ${zone}`,
    detail: 1,
    ...(text !== undefined && { explanation: text }),
  };
}

/** No name that was confirmed; not when the DNS was in trouble. RFC 7372 §3.3. */
export function nameless(ip: string, { result }: IprevResult): Objection | null {
  if (result === 'pass' || result === 'temperror') return null;
  return { text: `${ip} has no host name that leads back to it`, detail: 25 };
}

/** RFC 7208 §8.4, RFC 7372 §3.2. */
export function notAllowed(ip: string, spf: SpfResult): Objection | null {
  if (spf.result !== 'fail') return null;
  const { domain, explanation } = spf;
  return {
    text: `${ip} is not allowed to send mail from ${domain}`,
    detail: 23,
    ...(explanation !== undefined && { explanation: `${domain} explains: ${explanation}` }),
  };
}

/**
 * Signatures, and none that passes. A message without any is as good as one with a bad one, RFC 6376 §6.1; so this is
 * for those who want it. What is only testing, or could not be looked up, speaks against nobody. RFC 7372 §3.1.
 */
export function badlySigned(results: readonly DkimResult[]): Objection | null {
  const counted = results.filter(({ testing }) => !testing);
  if (counted.length === 0) return null;
  if (results.some(({ result }) => result === 'pass' || result === 'temperror')) return null;
  return { text: 'no DKIM signature of this message is valid', detail: 20 };
}

/** What the domain of the author asks for. RFC 7489 §6.6.2, RFC 7372 §3.4. */
export function disowned({ from, disposition }: DmarcResult): Objection | null {
  if (disposition === 'none') return null;
  const policy = from === '' ? '' : `, and the policy of ${from} is ${disposition}`;
  return { text: `this message fails DMARC${policy}`, detail: 26 };
}

/** No bounce could reach the sender, as the reply of the router says: 5.1.0, 5.1.8, 5.7.27. RFC 5321 §3.6.2, RFC 7505 §4.2. */
export function unanswerable(sender: string, { status, text }: Reply): Objection {
  const [, subject = 1, detail = 8] = status?.split('.').map(Number) ?? [];
  const explanation = String(text);
  return { text: `no bounce could reach ${sender}`, subject, detail, explanation };
}

/** `X-Warning: …` with its CRLF. Not folded: whoever looks for it looks at one line, as Exim writes it. */
export function warning({ text }: Objection): string {
  return `X-Warning: ${harmless(text, { max: MAX_WARNING })}\r\n`;
}

/** What the client hears; null where the message is only warned of. */
export function refusal(action: CheckAction, objection: Objection | null): Reply | null {
  if (!objection || (action !== 'reject' && action !== 'defer')) return null;
  const { text, subject = 7, detail, explanation } = objection;
  const lines = explanation === undefined ? [text] : [text, explanation];
  const said = lines.map((line) => harmless(line, { max: MAX_EXPLANATION }));
  return action === 'reject'
    ? { code: 550, status: `5.${subject}.${detail}`, text: said }
    : { code: 451, status: `4.${subject}.${detail}`, text: said };
}
