/** What the server writes into the header block of a message that it accepts. */
import {
  formatPath,
  type EnvelopeRecipient,
  type ForwardPath,
  type ReversePath,
} from '@postino/address';
import { formatDate, received, stripForged, type HeaderBlock } from '@postino/message';
import type { MailParams, SmtpContext } from '@postino/smtp-wire';

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
}

/** The header block without what only we may write, and with our `Received` on top. RFC 5321 §4.4. */
export function traced(header: HeaderBlock, options: TraceOptions): HeaderBlock {
  const { hostname, id, from, params, recipients, context, hideClient, now } = options;
  const { peer, hello, tls, user } = context;
  const [sole] = recipients;
  const field = received({
    // Not done: the client's name from the reverse zone.
    ...(hideClient
      ? {}
      : { from: { address: peer.address, ...(hello ? { hello: hello.name } : {}) } }),
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
  return stripForged(header, { authservId: hostname }).prepend(field);
}

/** A moment, in ms since 1970, in the time of this machine's zone. RFC 5322 §3.3. */
export function mailDate(moment: number): string {
  return formatDate(moment, -new Date(moment).getTimezoneOffset());
}

/** An address without its angle brackets. */
export function bare(path: ForwardPath): string {
  return formatPath(path).slice(1, -1);
}
