/**
 * One message on its way in: SPF runs from MAIL on, DKIM and ARC while the content flows, DMARC when SPF and DKIM are known. Nothing is
 * waited for before somebody wants the answer.
 */
import { domainToAscii, isNullPath, type ReversePath } from '@postino/address';
import { dkimVerifier, type DkimResult } from '@postino/dkim';
import { type ArcResult, arcVerifier } from '@postino/dkim/arc';
import { evaluate, type DmarcResult } from '@postino/dmarc';
import type { HeaderBlock } from '@postino/message';
import { checkHost, formatReceivedSpf, type SpfResult } from '@postino/spf';
import type { Objection as Unreachable } from '@postino/router';
import { CancelSource, type Reply } from '@postino/wire';
import type { CheckAction } from '../config/config.ts';
import type { ClientChecks } from './client-checks.ts';
import { ContentCheck } from './content-check.ts';
import { authenticationResults, type Findings } from './findings.ts';
import { fromDomains } from './from-domains.ts';
import * as objection from './objection.ts';
import { judgeSender } from './sender-check.ts';
import { within } from './within.ts';

/** What of an envelope is judged. */
export interface CheckedEnvelope {
  readonly from: ReversePath;
  /** What the client said in HELO or EHLO. */
  readonly hello: string;
}

/** What check_host() and the field that records it are told. */
interface SpfArguments {
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly receiver: string;
}

export class MessageChecks {
  readonly #client: ClientChecks;
  readonly #envelope: SpfArguments;
  readonly #spf: Promise<SpfResult | null>;
  readonly #sender: Promise<Unreachable | null>;
  readonly #dkim: ContentCheck<DkimResult[]>;
  readonly #arc: ContentCheck<ArcResult>;
  /** Fires when nobody waits for this message any longer. */
  readonly #cancel = new CancelSource();
  #ended = false;

  constructor(client: ClientChecks, envelope: CheckedEnvelope) {
    const { config, hostname: receiver } = client.services;
    this.#client = client;
    this.#envelope = {
      ip: client.ip,
      helo: ascii(envelope.hello),
      sender: senderOf(envelope),
      receiver,
    };
    const { dkim, arc, spf, dmarc } = config;
    const wantsSpf = spf.action !== 'off' || dmarc.action !== 'off';
    this.#spf = client.careful('spf', null, async () => (wantsSpf ? this.#checkHost() : null));
    this.#sender = client.careful('sender', null, async () => this.#verify(envelope.from));
    const wantsDkim = dkim.action !== 'off' || dmarc.action !== 'off';
    this.#dkim = new ContentCheck(client, 'dkim', { wanted: wantsDkim, sink: dkimVerifier });
    this.#arc = new ContentCheck(client, 'arc', {
      wanted: arc.action !== 'off',
      sink: arcVerifier,
    });
  }

  /** What each recipient is refused with for the client and the sender; null when no check of these may refuse. */
  refusal(): Promise<Reply | null> | null {
    const { sender, dnsbl, rdns, spf } = this.#client.services.config;
    const decisive = [sender, dnsbl, rdns, spf].some(({ action }) =>
      ['reject', 'defer'].includes(action),
    );
    return decisive ? this.#envelopeRefusal() : null;
  }

  /** Takes a view of the content as it came. */
  write(bytes: Uint8Array): Promise<void> | void {
    const dkim = this.#dkim.write(bytes);
    const arc = this.#arc.write(bytes);
    return dkim && arc ? both(dkim, arc) : (dkim ?? arc);
  }

  /**
   * The content is over: what the message is refused with, or what its header is to tell. Where it may not be refused,
   * its reader is warned instead.
   */
  async end(
    header: HeaderBlock,
    { mayRefuse = true }: { readonly mayRefuse?: boolean } = {},
  ): Promise<Reply | Findings> {
    const { services, ip, log, name } = this.#client;
    this.#ended = true;
    const [iprev, spf, dkim, arc] = await Promise.all([
      name,
      this.#spf,
      this.#dkim.end(),
      this.#arc.end(),
    ]);
    const dmarc = await this.#evaluate(header, spf, dkim ?? []);
    for (const { result } of dkim ?? [])
      services.count('checks', { check: 'dkim', verdict: result });
    if (dmarc) services.count('checks', { check: 'dmarc', verdict: dmarc.result });
    if (arc) services.count('checks', { check: 'arc', verdict: arc.result });
    const found = { ip, iprev, spf, dkim, dmarc, arc };
    log.debug(found, 'checked');
    const all = [...(await this.#judgeEnvelope()), ...this.#judgeContent(dkim, dmarc)];
    const judged = mayRefuse ? all : all.map(softened);
    const [reply] = refusals(judged);
    if (reply) return reply;
    return {
      clientName: iprev?.name,
      receivedSpf: this.#receivedSpf(spf),
      trace: authenticationResults(services.hostname, found),
      warnings: warnings(judged),
    };
  }

  /** Forgets a message that does not come to its end; one that has come to it is not disturbed. */
  abort(): void {
    if (this.#ended) return;
    this.#cancel.fire();
    this.#dkim.abort();
    this.#arc.abort();
  }

  async #checkHost(): Promise<SpfResult> {
    const { resolver, config, count } = this.#client.services;
    const query = { ...this.#envelope, resolver, now: Date.now };
    const found = await within(
      config.spf.timeout,
      (cancel) => checkHost({ ...query, cancel }),
      this.#cancel,
    );
    count('checks', { check: 'spf', verdict: found.result });
    return found;
  }

  async #verify(from: ReversePath): Promise<Unreachable | null> {
    const { reachability, config, count } = this.#client.services;
    if (config.sender.action === 'off') return null;
    const found = await reachability.sender(from, this.#cancel);
    count('checks', { check: 'sender', verdict: found?.type ?? 'pass' });
    return found;
  }

  #receivedSpf(spf: SpfResult | null): string[] {
    const { received_spf, action } = this.#client.services.config.spf;
    return spf && received_spf && action !== 'off' ? [formatReceivedSpf(spf, this.#envelope)] : [];
  }

  #evaluate(
    header: HeaderBlock,
    spf: SpfResult | null,
    dkim: readonly DkimResult[],
  ): Promise<DmarcResult | null> {
    const { config, resolver } = this.#client.services;
    if (config.dmarc.action === 'off') return Promise.resolve(null);
    return this.#client.careful('dmarc', null, () =>
      within(config.dmarc.timeout, (cancel) => {
        const from = fromDomains(header);
        return evaluate({ from, spf, dkim, resolver, random: Math.random(), cancel });
      }),
    );
  }

  async #envelopeRefusal(): Promise<Reply | null> {
    return refusals(await this.#judgeEnvelope())[0] ?? null;
  }

  async #judgeEnvelope(): Promise<objection.Judged[]> {
    const { ip, services, lists, name } = this.#client;
    const { sender, dnsbl, rdns, spf } = services.config;
    const [unreachable, found, iprev, checked] = await Promise.all([
      this.#sender,
      lists,
      name,
      this.#spf,
    ]);
    return [
      judgeSender(sender.action, this.#envelope.sender, unreachable),
      [dnsbl.action, objection.listed(ip, found)],
      [spf.action, checked && objection.notAllowed(ip, checked)],
      [rdns.action, iprev && objection.nameless(ip, iprev)],
    ];
  }

  #judgeContent(dkim: readonly DkimResult[] | null, dmarc: DmarcResult | null): objection.Judged[] {
    const { config } = this.#client.services;
    return [
      [config.dkim.action, dkim && objection.badlySigned(dkim)],
      [dmarcAction(config.dmarc.action, dmarc), dmarc && objection.disowned(dmarc)],
    ];
  }
}

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

/** There is no quarantine here: who asks for one gets a warning. RFC 7489 §6.3. */
function dmarcAction(action: CheckAction, dmarc: DmarcResult | null): CheckAction {
  return dmarc?.disposition === 'quarantine' && action !== 'off' ? 'warn' : action;
}

/** Nothing is refused; what would be is warned of. */
function softened([action, against]: objection.Judged): objection.Judged {
  return [action === 'off' ? action : 'warn', against];
}

function refusals(judged: readonly objection.Judged[]): Reply[] {
  return judged.flatMap(([action, against]) => objection.refusal(action, against) ?? []);
}

/** Whole fields, one for each objection. */
function warnings(judged: readonly objection.Judged[]): string[] {
  return judged.flatMap(([action, against]) =>
    action === 'warn' && against ? [objection.warning(against)] : [],
  );
}

/** Without the quotes of its local part: macros stand for what it means. RFC 7208 §7.3. */
function senderOf({ from }: CheckedEnvelope): string {
  return isNullPath(from) ? '' : `${from.localPart}@${ascii(from.domain)}`;
}

/** The DNS knows no U-labels; what is no domain at all stays as it is. RFC 8616 §4. */
function ascii(domain: string): string {
  return domainToAscii(domain) ?? domain;
}
