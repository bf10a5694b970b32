/** What the server writes into the header block of a message that it accepts. */
import {
  formatPath,
  type EnvelopeRecipient,
  type ForwardPath,
  type ReversePath,
} from '@postino/address';
import { formatDate, received, stripForged, type HeaderBlock } from '@postino/message';
import type { MailParams, SmtpContext } from '@postino/smtp-wire';
import type { Findings } from './checks/findings.ts';

export interface TraceOptions {
  readonly hostname: string;
  readonly id: string;
  readonly from: ReversePath;
  readonly params: MailParams;
  readonly recipients: readonly EnvelopeRecipient[];
  readonly context: SmtpContext;
  /** Whether nothing is said of where the client is. */
  readonly hideClient: boolean;
  /** The time in ms since 1970. */
  readonly now: number;
  /** What the checks found; null where none were made. */
  readonly findings: Findings | null;
}

/**
 * The header block without what only we may write; our `Received` and what was found out about the sender on top,
 * warnings at the end. RFC 5321 §4.4, RFC 8601 §4.1, §5.
 */
export function traced(header: HeaderBlock, options: TraceOptions): HeaderBlock {
  const { hostname, id, from, params, recipients, context, hideClient, now, findings } = options;
  const { peer, hello, tls, user } = context;
  const [sole] = recipients;
  const field = received({
    ...(hideClient
      ? {}
      : { from: { address: peer.address, name: findings?.clientName, hello: hello?.name } }),
    by: hostname,
    protocol: hello?.extended ? 'esmtp' : 'smtp',
    tls,
    authenticated: user !== undefined,
    smtputf8: params.smtpUtf8 ?? false,
    reversePath: formatPath(from),
    id,
    ...(sole && recipients.length === 1 ? { for: bare(sole.address) } : {}),
    date: mailDate(now),
  });
  const { receivedSpf = [], trace = [], warnings = [] } = findings ?? {};
  return stripForged(header, { authservId: hostname })
    .prepend(...receivedSpf, field, ...trace)
    .append(...warnings);
}

/** A moment, in ms since 1970, in the time of this machine's zone. RFC 5322 §3.3. */
export function mailDate(moment: number): string {
  return formatDate(moment, -new Date(moment).getTimezoneOffset());
}

/** An address without its angle brackets. */
export function bare(path: ForwardPath): string {
  return formatPath(path).slice(1, -1);
}
