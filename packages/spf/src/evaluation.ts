/**
 * The evaluation of records: check_host() and its recursion. RFC 7208 §4, §5, §6.
 */
import type { AskingMechanism, HostsMechanism, LocalMechanism, Qualifier } from './directive.ts';
import { isCheckable, isName, isWithin, type Sender } from './domain.ts';
import { SpfException } from './exception.ts';
import { inNetwork, parseIp4, parseIp6, type IpAddress } from './ip.ts';
import { MAX_EXPLANATION } from './limits.ts';
import { Lookups } from './lookups.ts';
import { expandName, expandText, parseExplainString, uses, type MacroString } from './macro.ts';
import type { MacroContext } from './macro-values.ts';
import { recall } from './record-memo.ts';
import { isSpfRecord, type Modifier, type SpfRecord } from './record.ts';
import type { SpfCode, SpfQuery } from './types.ts';
import { bestName, findNames, type ClientNames } from './validated-names.ts';

/** What one domain's record comes to. */
export interface Outcome {
  readonly result: SpfCode;
  readonly mechanism?: string | undefined;
  readonly reason?: string | undefined;
  /** Of the record that decided. */
  readonly explanation?: Modifier | undefined;
  /** Whose record that is. */
  readonly domain?: string | undefined;
}

/** RFC 7208 §4.6.2. */
const RESULTS: Readonly<Record<Qualifier, SpfCode>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

/** One check: what stays the same in every record that it leads to. */
export class Evaluation {
  readonly #query: SpfQuery;
  readonly #client: IpAddress;
  readonly #sender: Sender;
  readonly lookups: Lookups;
  #names: ClientNames | null = null;

  constructor(query: SpfQuery, client: IpAddress, sender: Sender) {
    this.#query = query;
    this.#client = client;
    this.#sender = sender;
    this.lookups = new Lookups(query);
  }

  /** check_host() for a domain. RFC 7208 §4.3 to §4.7. */
  async check(domain: string): Promise<Outcome> {
    if (!isCheckable(domain)) return { result: 'none', reason: 'not a domain with several labels' };
    const record = select(await this.lookups.texts(domain), domain);
    if (!record) return { result: 'none', reason: `no record at ${domain}` };
    for (const { mechanism, qualifier, text } of record.directives) {
      const matched =
        'domain' in mechanism
          ? await this.#matches(mechanism, text, domain)
          : matchesAlone(mechanism, this.#client);
      if (!matched) continue;
      const { explanation } = record;
      return { result: RESULTS[qualifier], mechanism: text, explanation, domain };
    }
    return record.redirect ? this.#redirect(record.redirect, domain) : { result: 'neutral' };
  }

  /** What the domain says to a fail; undefined when that cannot be told. RFC 7208 §6.2. */
  async explain({ explanation, domain = '' }: Outcome): Promise<string | undefined> {
    if (!explanation) return undefined;
    this.lookups.beginExplanation(explanation.text);
    const texts = await this.lookups.texts(await this.#target(explanation.domain, domain));
    const string = texts.length === 1 ? parseExplainString(texts[0]!) : null;
    if (!string || (uses(string, 't') && !this.#query.now)) return undefined;
    const most = this.#query.limits?.explanation ?? MAX_EXPLANATION;
    const text = expandText(string, await this.#context(string, domain), most);
    // A local-part may hold anything, an explanation ASCII alone.
    return /^[ -~]+$/.test(text) ? text : undefined;
  }

  /** RFC 7208 §6.1. */
  async #redirect({ text, domain: spec }: Modifier, domain: string): Promise<Outcome> {
    this.lookups.begin(text);
    const outcome = await this.check(await this.#target(spec, domain));
    if (outcome.result === 'none')
      throw new SpfException('permerror', `${text}: ${outcome.reason}`);
    return outcome;
  }

  async #matches(mechanism: AskingMechanism, text: string, domain: string): Promise<boolean> {
    this.lookups.begin(text);
    const target = mechanism.domain ? await this.#target(mechanism.domain, domain) : domain;
    if (mechanism.name === 'include') return this.#include(target, text);
    // RFC 7208 §4.8 leaves a target that is no name to us: nobody has it, so nothing is asked.
    if (!isName(target)) return false;
    switch (mechanism.name) {
      case 'a':
        return this.#holds(
          this.lookups.orVoid(await this.lookups.addresses(target, this.#client)),
          mechanism,
        );
      case 'mx':
        return this.#exchangesHold(target, mechanism);
      case 'ptr':
        return this.#isNamed(target);
      default: // exists, RFC 7208 §5.7
        return this.lookups.orVoid(await this.lookups.ip4Addresses(target)).length > 0;
    }
  }

  /** RFC 7208 §5.2. An exception passes through. */
  async #include(target: string, text: string): Promise<boolean> {
    const { result, reason } = await this.check(target);
    if (result === 'none') throw new SpfException('permerror', `${text}: ${reason}`);
    return result === 'pass';
  }

  /** RFC 7208 §5.4. */
  async #exchangesHold(target: string, mechanism: HostsMechanism): Promise<boolean> {
    const exchanges = this.lookups.orVoid(await this.lookups.exchanges(target));
    if (exchanges.length > this.lookups.names) {
      throw new SpfException(
        'permerror',
        `more than ${this.lookups.names} MX records at ${target}`,
      );
    }
    for (const exchange of exchanges) {
      if (this.#holds(await this.lookups.addresses(exchange, this.#client), mechanism)) return true;
    }
    return false;
  }

  #holds(addresses: readonly string[], { ip4Length, ip6Length }: HostsMechanism): boolean {
    const [parse, length] =
      this.#client.length === 4 ? [parseIp4, ip4Length] : [parseIp6, ip6Length];
    return addresses.some((address) => {
      const network = parse(address);
      return network !== null && inNetwork(this.#client, network, length);
    });
  }

  /** RFC 7208 §4.8. */
  async #target(spec: MacroString, domain: string): Promise<string> {
    return expandName(spec, await this.#context(spec, domain));
  }

  /** What the macros of a text are about: the name of the client only when they ask for it. */
  async #context(string: MacroString, domain: string): Promise<MacroContext> {
    const { helo, receiver = 'unknown', now = () => 0 } = this.#query;
    const name = uses(string, 'p') ? bestName((await this.#namesOfClient()).validated, domain) : '';
    return { sender: this.#sender, domain, client: this.#client, helo, receiver, name, now };
  }

  /** RFC 7208 §5.5. */
  async #isNamed(target: string): Promise<boolean> {
    const { validated, none } = await this.#namesOfClient();
    if (none) this.lookups.countVoid();
    return validated.some((name) => isWithin(name, target));
  }

  /** Asked for once in a check, so that they cost no more than RFC 7208 §4.6.4 lets one term cost. */
  async #namesOfClient(): Promise<ClientNames> {
    this.#names ??= await findNames(this.#client, this.lookups);
    return this.#names;
  }
}

/** The one record of a domain; null when it has none. RFC 7208 §4.5, §4.6. */
function select(texts: readonly string[], domain: string): SpfRecord | null {
  const records = texts.filter(isSpfRecord);
  const [text] = records;
  if (text === undefined) return null;
  if (records.length > 1) throw new SpfException('permerror', `several records at ${domain}`);
  const record = recall(text);
  if (!('fault' in record)) return record;
  throw new SpfException('permerror', `${record.fault} in the record of ${domain}`);
}

function matchesAlone(mechanism: LocalMechanism, client: IpAddress): boolean {
  return mechanism.name === 'all' || inNetwork(client, mechanism.network, mechanism.length);
}
