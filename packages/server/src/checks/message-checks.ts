/**
 * One message on its way in: SPF runs from MAIL on, DKIM while the content flows, DMARC when both are known. Nothing is
 * waited for before somebody wants the answer.
 */
import { domainToAscii, isNullPath, type ReversePath } from '@postino/address';
import { dkimVerifier, type DkimResult } from '@postino/dkim';
import { evaluate, type DmarcResult } from '@postino/dmarc';
import type { HeaderBlock } from '@postino/message';
import { checkHost, type SpfResult } from '@postino/spf';
import { CancelSource, type Reply, type Sink } from '@postino/wire';
import type { CheckAction } from '../config/config.ts';
import type { ClientChecks } from './client-checks.ts';
import { authenticationResults, type Findings } from './findings.ts';
import { fromDomains } from './from-domains.ts';
import { impatient } from './impatient.ts';
import * as objection from './objection.ts';
import { within } from './within.ts';

/** What of an envelope is judged. */
export interface CheckedEnvelope {
  readonly from: ReversePath;
  /** What the client said in HELO or EHLO. */
  readonly hello: string;
}

/** An action of the configuration, and what it is to be taken for. */
type Judged = readonly [action: CheckAction, against: objection.Objection | null];

export class MessageChecks {
  readonly #client: ClientChecks;
  readonly #spf: Promise<SpfResult | null>;
  readonly #dkim: Sink<DkimResult[]> | null;
  /** Fires when nobody waits for this message any longer. */
  readonly #cancel = new CancelSource();
  #ended = false;

  constructor(client: ClientChecks, envelope: CheckedEnvelope) {
    this.#client = client;
    const { config, resolver } = client.services;
    const { dkim, spf, dmarc } = config;
    const wantsSpf = spf.action !== 'off' || dmarc.action !== 'off';
    this.#spf = client.careful('spf', null, async () =>
      wantsSpf ? this.#checkHost(envelope) : null,
    );
    const wantsDkim = dkim.action !== 'off' || dmarc.action !== 'off';
    this.#dkim = wantsDkim ? dkimVerifier({ resolver: impatient(resolver, this.#cancel) }) : null;
  }

  /** Whether the client and the envelope are refused already; null when no check that was begun may refuse. */
  refusal(): Promise<Reply | null> | null {
    const { dnsbl, rdns, spf } = this.#client.services.config;
    const decisive = [dnsbl, rdns, spf].some(({ action }) => ['reject', 'defer'].includes(action));
    return decisive ? this.#envelopeRefusal() : null;
  }

  /** Takes a view of the content as it came. */
  write(bytes: Uint8Array): Promise<void> | void {
    return this.#dkim?.write(bytes);
  }

  /** The content is over: what the message is refused with, or what its header is to tell. */
  async end(header: HeaderBlock): Promise<Reply | Findings> {
    const { services, ip, log } = this.#client;
    this.#ended = true;
    const timer = setTimeout(() => this.#cancel.fire(), services.times.content);
    try {
      const [iprev, spf, dkim] = await Promise.all([
        this.#client.name,
        this.#spf,
        this.#client.careful('dkim', null, async () => (await this.#dkim?.end()) ?? null),
      ]);
      const dmarc = await this.#client.careful('dmarc', null, () =>
        this.#evaluate(header, spf, dkim ?? []),
      );
      const found = { ip, iprev, spf, dkim, dmarc };
      log.debug(found, 'checked');
      const judged = [...(await this.#judgeEnvelope()), ...this.#judgeContent(dkim, dmarc)];
      const [reply] = refusals(judged);
      if (reply) return reply;
      return {
        clientName: iprev?.name,
        trace: authenticationResults(services.hostname, found),
        warnings: warnings(judged),
      };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Forgets a message that does not come to its end; one that has come to it is not disturbed. */
  abort(): void {
    if (this.#ended) return;
    this.#cancel.fire();
    void this.#dkim?.abort();
  }

  #checkHost({ from, hello }: CheckedEnvelope): Promise<SpfResult> {
    const { ip, services } = this.#client;
    const { resolver, hostname: receiver, times } = services;
    // Without the quotes of its local part: macros stand for what it means. RFC 7208 §7.3.
    const sender = isNullPath(from) ? '' : `${from.localPart}@${ascii(from.domain)}`;
    return within(
      times.spf,
      (cancel) =>
        checkHost({ ip, helo: ascii(hello), sender, resolver, receiver, now: Date.now, cancel }),
      this.#cancel,
    );
  }

  async #evaluate(
    header: HeaderBlock,
    spf: SpfResult | null,
    dkim: readonly DkimResult[],
  ): Promise<DmarcResult | null> {
    const { config, resolver } = this.#client.services;
    if (config.dmarc.action === 'off') return null;
    const from = fromDomains(header);
    const random = Math.random();
    return evaluate({ from, spf, dkim, resolver, random, cancel: this.#cancel });
  }

  async #envelopeRefusal(): Promise<Reply | null> {
    return refusals(await this.#judgeEnvelope())[0] ?? null;
  }

  async #judgeEnvelope(): Promise<Judged[]> {
    const { ip, services, lists, name } = this.#client;
    const { dnsbl, rdns, spf } = services.config;
    const [found, iprev, checked] = await Promise.all([lists, name, this.#spf]);
    return [
      [dnsbl.action, objection.listed(ip, found)],
      [spf.action, checked && objection.notAllowed(ip, checked)],
      [rdns.action, iprev && objection.nameless(ip, iprev)],
    ];
  }

  #judgeContent(dkim: readonly DkimResult[] | null, dmarc: DmarcResult | null): Judged[] {
    const { config } = this.#client.services;
    return [
      [config.dkim.action, dkim && objection.badlySigned(dkim)],
      [dmarcAction(config.dmarc.action, dmarc), dmarc && objection.disowned(dmarc)],
    ];
  }
}

/** There is no quarantine here: who asks for one gets a warning. RFC 7489 §6.3. */
function dmarcAction(action: CheckAction, dmarc: DmarcResult | null): CheckAction {
  return dmarc?.disposition === 'quarantine' && action !== 'off' ? 'warn' : action;
}

function refusals(judged: readonly Judged[]): Reply[] {
  return judged.flatMap(([action, against]) => objection.refusal(action, against) ?? []);
}

/** Whole fields, one for each objection. */
function warnings(judged: readonly Judged[]): string[] {
  return judged.flatMap(([action, against]) =>
    action === 'warn' && against ? [objection.warning(against)] : [],
  );
}

/** The DNS knows no U-labels; what is no domain at all stays as it is. RFC 8616 §4. */
function ascii(domain: string): string {
  return domainToAscii(domain) ?? domain;
}
