/** The commands that an envelope is said with. */
import type { Envelope } from '@postino/address';
import type { Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import { mailLine, needsSmtpUtf8, rcptLine } from './envelope-commands.ts';
import type { Extensions } from './extensions.ts';

/** MAIL, and RCPT for each recipient; a `TypeError` where one cannot be written, or nobody is to get it. */
export function envelopeSteps(envelope: Envelope, facts: ContentFacts, server: Extensions): Step[] {
  if (envelope.to.length === 0) throw new TypeError('an envelope has a recipient');
  const utf8 = server.smtpUtf8 && needsSmtpUtf8(envelope);
  const rcpt = envelope.to.map((recipient, index): Step => {
    return { phase: 'rcpt', line: rcptLine(recipient, server, utf8), index };
  });
  return [{ phase: 'mail', line: mailLine(envelope, facts, server) }, ...rcpt];
}
