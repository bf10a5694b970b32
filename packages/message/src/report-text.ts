/**
 * The part of a report that people read, and its subject. RFC 6522 §3.
 */
import {
  diagnosticCode,
  type Action,
  type DeliveryStatus,
  type ReportedRecipient,
} from './delivery-status.ts';
import { fold } from './format-field.ts';
import { harmless } from './harmless.ts';

/** The worst first: it gives the subject. */
const ACTIONS: readonly Action[] = ['failed', 'delayed', 'expanded', 'relayed', 'delivered'];

const SUBJECTS: { readonly [action in Action]: string } = {
  failed: 'Mail delivery failed: returning message to sender',
  delayed: 'Mail delivery delayed: still trying',
  expanded: 'Mail delivered and sent on',
  relayed: 'Mail handed on',
  delivered: 'Mail delivered',
};

/** What is said above the recipients of each action. */
const LEADS: { readonly [action in Action]: string } = {
  failed: 'Your message could not be delivered to these addresses,\r\nand will not be tried again:',
  delayed:
    'Your message could not be delivered to these addresses yet.\r\nIt is still being tried; you need not send it again:',
  expanded: 'Your message arrived at these addresses,\r\nand was sent on from there to others:',
  relayed:
    'Your message was handed on, for these addresses,\r\nto a host that will not report its delivery:',
  delivered: 'Your message arrived at these addresses:',
};

/** The subject of a report: what is worst in it. */
export function reportSubject(recipients: readonly ReportedRecipient[]): string {
  const worst = ACTIONS.find((action) => recipients.some((one) => one.action === action));
  return SUBJECTS[worst!];
}

/** The whole text, in lines with CRLF; past ASCII only with `utf8`. `returned` is what stands below it. */
export function reportText(
  { reportingMta, recipients }: DeliveryStatus,
  { returned, utf8 }: { readonly returned: 'message' | 'header'; readonly utf8: boolean },
): string {
  const paragraphs = ACTIONS.flatMap((action) => {
    const those = recipients.filter((one) => one.action === action);
    if (those.length === 0) return [];
    return [LEADS[action], ...those.map((one) => recipientText(one, utf8))];
  });
  const start = fold(`This is an automatic report of the mail server ${harmless(reportingMta)}.`);
  const what = returned === 'message' ? 'Your message' : 'The header of your message';
  const end = `${what} stands at the end of this report.`;
  return [start, ...paragraphs, end].map((paragraph) => `${paragraph}\r\n`).join('\r\n');
}

function recipientText(recipient: ReportedRecipient, utf8: boolean): string {
  const { address, action, reply, remoteMta, retryUntil } = recipient;
  const said = remoteMta ? `${harmless(remoteMta)} said: ` : '';
  return [
    `  ${harmless(address, { utf8 })}`,
    ...(reply ? [`    ${said}${diagnosticCode(reply)}`] : []),
    ...(action === 'delayed' && retryUntil ? [`    It is tried until ${retryUntil}.`] : []),
  ]
    .map(fold)
    .join('\r\n');
}
