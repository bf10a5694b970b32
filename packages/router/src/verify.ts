/** Whether an address leads anywhere: what a server asks before it takes mail for it, or from it. */

import { isNullPath } from '@postino/address';
import type { ForwardPath, ReversePath } from '@postino/address';
import type { Reply } from '@postino/wire';
import type { MxPlan } from './plan-mx.ts';
import { TRY_SENDER_LATER, UNKNOWN_SENDER } from './replies.ts';
import type { Router } from './router.ts';

/** What was found out: null where there is nothing against the address. */
export interface Objection {
  readonly type: 'refuse' | 'defer';
  readonly reply: Reply;
  /** What a lookup threw, for the log. */
  readonly cause?: unknown;
}

export interface VerifyOptions {
  readonly router: Pick<Router, 'isLocal' | 'route'>;
  /** Where mail for a domain abroad goes: `planMx` with its options. */
  plan(domain: string): Promise<MxPlan>;
}

/** Whether mail for a recipient could be delivered or sent on. Whether it may is another question. It never rejects. */
export async function verifyRecipient(
  address: ForwardPath,
  options: VerifyOptions,
): Promise<Objection | null> {
  if (!options.router.isLocal(address)) return objectionTo(await options.plan(address.domain));
  return objectionTo(await options.router.route(address));
}

/**
 * Whether a bounce could be delivered: that a sender is one of ours that there is, or that its domain takes mail. Nobody
 * is called back. The null path is always good. It never rejects. RFC 5321 §3.6.2; RFC 7505 §4.2.
 */
export async function verifySender(
  sender: ReversePath,
  options: VerifyOptions,
): Promise<Objection | null> {
  if (isNullPath(sender)) return null;
  const objection = await verifyRecipient(sender, options);
  if (objection === null) return null;
  const reply = objection.type === 'defer' ? TRY_SENDER_LATER : refusalOf(objection.reply);
  return { ...objection, reply };
}

/** The same reason, told of a sender. RFC 3463 §3.2, RFC 7505 §4.2. */
function refusalOf({ status, text }: Reply): Reply {
  if (status === '5.1.10') return { code: 550, status: '5.7.27', text };
  return status === '5.1.1' ? UNKNOWN_SENDER : { code: 550, status: '5.1.8', text };
}

function objectionTo(found: Objection | { readonly type: 'deliver' | 'hosts' }): Objection | null {
  return found.type === 'refuse' || found.type === 'defer' ? found : null;
}
