/** The recipients of a message as the queue keeps them: each with a state of its own. */
import { formatPath, type EnvelopeRecipient, type ForwardPath } from '@postino/address';
import type { Route } from '@postino/router';
import { bare } from './trace.ts';

export interface QueuedRecipients {
  readonly to: readonly EnvelopeRecipient[];
  /** Indexes into `to` of those with mailboxes here, and of those abroad. */
  readonly here: readonly number[];
  readonly abroad: readonly number[];
  /** Those that asked to hear of success, and lead to several: that much can be told of them. RFC 3461 §5.2.7.3. */
  readonly expanded: readonly EnvelopeRecipient[];
}

/**
 * What leads to mailboxes here stays as it was asked for: the router is asked again when it is delivered. What leads
 * abroad is named as it goes out, each address once, so that one of them can fail alone.
 */
export function queuedRecipients(
  recipients: readonly EnvelopeRecipient[],
  routes: readonly Route[],
): QueuedRecipients {
  const here = new Map<string, EnvelopeRecipient>();
  const abroad = new Map<string, EnvelopeRecipient>();
  const expanded: EnvelopeRecipient[] = [];
  for (const [index, asked] of recipients.entries()) {
    const route = routes[index]!;
    const targets = route.type === 'deliver' ? route.targets : [];
    const isExpanded = targets.length > 1 && wantsSuccess(asked);
    if (isExpanded) expanded.push(asked);
    const recipient = isExpanded ? withoutSuccess(asked) : asked;
    for (const target of targets) {
      if (target.type === 'local') here.set(keyOf(recipient.address), recipient);
      else keep(abroad, sentOn(recipient, target.address));
    }
  }
  return {
    to: [...here.values(), ...abroad.values()],
    here: [...here.keys()].map((_, index) => index),
    abroad: [...abroad.keys()].map((_, index) => here.size + index),
    expanded,
  };
}

/** Whether the sender wants to hear that a recipient was reached. RFC 3461 §4.1. */
export function wantsSuccess({ notify }: EnvelopeRecipient): boolean {
  return notify?.includes('SUCCESS') ?? false;
}

/** Who asked for nothing else wants to hear nothing now. */
function withoutSuccess(recipient: EnvelopeRecipient): EnvelopeRecipient {
  const notify = recipient.notify!.filter((keyword) => keyword !== 'SUCCESS');
  return { ...recipient, notify: notify.length > 0 ? notify : ['NEVER'] };
}

function keep(recipients: Map<string, EnvelopeRecipient>, recipient: EnvelopeRecipient): void {
  const key = keyOf(recipient.address);
  if (!recipients.has(key)) recipients.set(key, recipient);
}

/** An address that an alias led to carries the one that was asked for. RFC 3461 §5.2.1. */
function sentOn(recipient: EnvelopeRecipient, address: ForwardPath): EnvelopeRecipient {
  if (keyOf(recipient.address) === keyOf(address)) return recipient;
  const asked = bare(recipient.address);
  // RFC 6533 §3.
  const type = /^\p{ASCII}*$/u.test(asked) ? 'rfc822' : 'utf-8';
  return { ...recipient, address, orcpt: recipient.orcpt ?? `${type};${asked}` };
}

/** Local parts of others are compared as they are. RFC 5321 §2.4. */
function keyOf({ localPart, domain }: ForwardPath): string {
  return formatPath({ localPart, domain: domain.toLowerCase() });
}
