/**
 * Does mail in the name of a domain come from that domain, and what is to be done when it does not? RFC 7489 §6.6.
 */
import { mechanismsWith } from './alignment.ts';
import { finder, type Applied, type Finder } from './discovery.ts';
import { canonical } from './organizational-domain.ts';
import type { DmarcPolicy } from './record.ts';
import { Records } from './records.ts';
import type { DmarcCode, DmarcQuery, DmarcResult } from './types.ts';

/** From domains that are judged; a message with more of them is none that RFC 7489 §6.6.1 wants to see. Our own choice. */
export const MAX_FROM_DOMAINS = 10;

/** From good to bad: of several results the last in this order is given. RFC 7489 §6.6.1. */
const CODES: readonly DmarcCode[] = ['pass', 'none', 'permerror', 'temperror', 'fail'];
/** From mild to strict. RFC 7489 §6.3. */
const POLICIES: readonly DmarcPolicy[] = ['none', 'quarantine', 'reject'];

/**
 * Judges a message by the results of SPF and DKIM, and says what the domain asks for. RFC 7489 §6.6.2.
 *
 * With several From domains each is judged, and the worst result is given: a pass only when all pass, and of those that
 * fail the strictest. RFC 7489 §6.6.1. Never rejects for what the DNS does: that is temperror.
 */
export function evaluate(query: DmarcQuery): Promise<DmarcResult> {
  const { random = 0, from } = query;
  if (!(random >= 0 && random < 1))
    throw new TypeError(`random must be from 0 to 1, not ${random}`);
  const domains = new Set((typeof from === 'string' ? [from] : from).map(canonical));
  return judgeAll([...domains], query);
}

async function judgeAll(domains: readonly string[], query: DmarcQuery): Promise<DmarcResult> {
  if (domains.length === 0) return unjudged('', 'none', 'no From domain');
  if (domains.length > MAX_FROM_DOMAINS) {
    // Deviation: RFC 7489 §6.6.1 would have each of them judged; nobody shall hide a domain behind many.
    const result = unjudged('', 'permerror', `more than ${MAX_FROM_DOMAINS} From domains`);
    return { ...result, disposition: 'reject' };
  }
  const records = new Records(query);
  const evaluation = new Evaluation(query, records);
  const results = await Promise.all(domains.map((domain) => evaluation.judge(domain)));
  return results.reduce((worst, result) => (severity(result) > severity(worst) ? result : worst));
}

/** One message. */
class Evaluation {
  readonly #query: DmarcQuery;
  readonly #records: Records;
  readonly #found: Finder;

  constructor(query: DmarcQuery, records: Records) {
    this.#query = query;
    this.#records = records;
    this.#found = finder(query.discovery ?? 'psl', records);
  }

  async judge(from: string): Promise<DmarcResult> {
    if (!/^[\w-]+(?:\.[\w-]+)*$/.test(from))
      return unjudged(from, 'permerror', 'not a domain in A-labels');
    try {
      const applied = await this.#found.applied(from);
      if (applied === 'none') return unjudged(from, 'none', 'no record');
      if (applied === 'several') return unjudged(from, 'none', 'several records');
      if (applied === 'bad') return unjudged(from, 'permerror', 'the record cannot be used');
      return await this.#compare(from, applied);
    } catch (error) {
      return unjudged(from, 'temperror', error instanceof Error ? error.message : String(error));
    }
  }

  async #compare(from: string, applied: Applied): Promise<DmarcResult> {
    const { domain, record } = applied;
    const policy = await this.#policy(from, applied);
    const results = { ...this.#query, found: this.#found };
    const alignedBy = await mechanismsWith('pass', from, record, results);
    const judged = { from, domain, policy, alignedBy };
    if (alignedBy.length > 0) return { ...judged, result: 'pass', disposition: 'none' };
    const [unsure] = await mechanismsWith('temperror', from, record, results);
    // RFC 7489 §6.6.2: with a temporary error there is no failure that the policy could be applied to.
    return unsure
      ? { ...judged, result: 'temperror', disposition: 'none', reason: `temperror of ${unsure}` }
      : { ...judged, result: 'fail', disposition: this.#sampled(policy, record.pct) };
  }

  /** `p` for the record's own domain, `sp` or `np` for those below it. RFC 7489 §6.3; RFC 9989 §4.10.1. */
  async #policy(from: string, { domain, record }: Applied): Promise<DmarcPolicy> {
    const { p, sp = p, np = sp, t } = record;
    if (this.#query.discovery !== 'treeWalk') return from === domain ? p : sp;
    const below = np === sp || (await this.#records.exists(from)) ? sp : np;
    const policy = from === domain ? p : below;
    return t === 'y' ? milder(policy) : policy;
  }

  /** RFC 7489 §6.6.4: a message that `pct` leaves out gets the next milder policy. */
  #sampled(policy: DmarcPolicy, pct: number): DmarcPolicy {
    const { random = 0, discovery } = this.#query;
    return discovery === 'treeWalk' || random * 100 < pct ? policy : milder(policy);
  }
}

function milder(policy: DmarcPolicy): DmarcPolicy {
  return POLICIES[POLICIES.indexOf(policy) - 1] ?? 'none';
}

function unjudged(from: string, result: DmarcCode, reason: string): DmarcResult {
  return { result, from, domain: null, policy: null, disposition: 'none', alignedBy: [], reason };
}

function severity({ result, disposition }: DmarcResult): number {
  return CODES.indexOf(result) * POLICIES.length + POLICIES.indexOf(disposition);
}
