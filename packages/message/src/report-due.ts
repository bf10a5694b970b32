/**
 * Whether the sender is to be told: the rules of RFC 3461 §5.2, and that nothing is ever said about a report.
 */
import { bracketed } from './bracketed.ts';
import type { Action } from './delivery-status.ts';
import { fieldBody } from './field.ts';
import type { HeaderBlock } from './header-block.ts';

/** What a sender asked to be told of. RFC 3461 §4.1. */
export type NotifyKeyword = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

export interface ReportDueOptions {
  /** With its angle brackets; to `<>` nothing is ever reported. */
  readonly reversePath: string;
  /** Left out: FAILURE, and DELAY unless the message was sent by a program. RFC 3461 §4.1. */
  readonly notify?: readonly NotifyKeyword[] | undefined;
  /** The message's header, from `readHeader()`. */
  readonly header: HeaderBlock;
}

const KEYWORDS: { readonly [action in Action]: NotifyKeyword } = {
  failed: 'FAILURE',
  delayed: 'DELAY',
  delivered: 'SUCCESS',
  relayed: 'SUCCESS',
  expanded: 'SUCCESS',
};

/**
 * Whether a report is due for a recipient. `relayed` is to be asked only where the next host has no DSN. RFC 3461
 * §5.2.2, §5.2.3, §5.2.5, §5.2.6.
 *
 * Deviation: a report whose sender is not null is a fault of its sender's, and gets no report even so; RFC 3461 §5.2.6
 * knows no exception.
 */
export function isReportDue(action: Action, options: ReportDueOptions): boolean {
  const { reversePath, notify, header } = options;
  if (bracketed(reversePath) === '<>' || isReport(header)) return false;
  if (notify) return notify.includes(KEYWORDS[action]);
  return action === 'failed' || (action === 'delayed' && !isAutomatic(header));
}

/** RFC 3464 §2. */
function isReport(header: HeaderBlock): boolean {
  const type = body(header, 'Content-Type');
  return /^multipart\/report\b/i.test(type) && /\breport-type\s*=\s*"?delivery-status/i.test(type);
}

/** Sent by a program (RFC 3834 §5), in bulk, or by a list (RFC 2919 §3): its sender does not wait for an answer. */
function isAutomatic(header: HeaderBlock): boolean {
  return (
    /^auto-/i.test(body(header, 'Auto-Submitted')) ||
    /^(?:bulk|list|junk)$/i.test(body(header, 'Precedence')) ||
    header.find('List-Id') !== null
  );
}

function body(header: HeaderBlock, name: string): string {
  const field = header.find(name);
  return field ? fieldBody(field) : '';
}
