/**
 * check_host(): may this client send mail in the name of this domain? RFC 7208.
 */
import { parseSender, type Sender } from './domain.ts';
import { Evaluation, type Outcome } from './evaluation.ts';
import { SpfException } from './exception.ts';
import { parseClient } from './ip.ts';
import type { SpfIdentity, SpfQuery, SpfResult } from './types.ts';

/**
 * Checks MAIL FROM, or HELO when the sender is `''`. RFC 7208 §2.3, §2.4, §4.
 *
 * Never rejects for what the domain or the DNS does: that is permerror or temperror. An `ip` that is none is a `TypeError`.
 */
export function checkHost(query: SpfQuery): Promise<SpfResult> {
  const client = parseClient(query.ip);
  if (!client) throw new TypeError(`not an IP address: ${JSON.stringify(query.ip)}`);
  const identity = query.sender === '' ? 'helo' : 'mailfrom';
  const sender = parseSender(query.sender === '' ? `@${query.helo}` : query.sender);
  return judge(new Evaluation(query, client, sender), sender, identity);
}

async function judge(
  evaluation: Evaluation,
  { domain }: Sender,
  identity: SpfIdentity,
): Promise<SpfResult> {
  let outcome: Outcome;
  try {
    outcome = await evaluation.check(domain);
  } catch (error) {
    if (!(error instanceof SpfException)) throw error;
    outcome = { result: error.result, reason: error.message };
  }
  const { result, mechanism, reason } = outcome;
  const explanation = result === 'fail' ? await explained(evaluation, outcome) : undefined;
  const { count: lookups, voids } = evaluation.lookups;
  return { result, domain, identity, mechanism, explanation, reason, lookups, voids };
}

/** RFC 7208 §6.2: after any trouble all goes on as if there were no explanation. */
async function explained(evaluation: Evaluation, outcome: Outcome): Promise<string | undefined> {
  try {
    return await evaluation.explain(outcome);
  } catch (error) {
    if (error instanceof SpfException) return undefined;
    throw error;
  }
}
