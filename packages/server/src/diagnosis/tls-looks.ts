/** What others find who want TLS on the way to us: MTA-STS, and where they report to. RFC 8461, RFC 8460. */
import type { Resolver } from '@postino/dns';
import { orNone, texts } from '../commands/published-facts.ts';
import { messageOf } from '../fault.ts';
import { fetchStsPolicy, stsPolicyUrl, type HttpsOptions } from './fetch-sts-policy.ts';
import { bad, doubtful, good, type Finding, type Look } from './finding.ts';
import {
  idOfStsRecord,
  isStsRecord,
  namesHost,
  parseStsPolicy,
  type StsPolicy,
} from './sts-policy.ts';

const PUBLISH = 'publish what "postino dns" prints';
/** Seconds under which a policy hardly helps. RFC 8461 §3.2 wants weeks or more. */
const SHORT = 86_400;

export interface StsLookOptions {
  readonly resolver: Resolver;
  readonly https: HttpsOptions;
}

export function stsLook(domain: string, { resolver, https }: StsLookOptions): Look {
  return {
    what: `MTA-STS of ${domain}`,
    async run() {
      const [record, ...more] = (await texts(`_mta-sts.${domain}`, resolver)).filter(isStsRecord);
      if (record === undefined) return doubtful('there is no record', PUBLISH);
      if (more.length > 0)
        return bad('there are several records, which count as none', 'leave one of them');
      if (idOfStsRecord(record) === null) return bad('the record has no id', PUBLISH);
      const show = `show at ${stsPolicyUrl(domain)} what "postino dns" prints, or take the record away`;
      try {
        const policy = parseStsPolicy(await fetchStsPolicy(domain, resolver, https));
        if (policy === null) return bad('the policy cannot be read', show);
        const hosts = await orNone(resolver.resolveMx(domain));
        return judge(
          policy,
          hosts.map(({ exchange }) => exchange.toLowerCase()),
        );
      } catch (error) {
        return bad(`there is a record, but no policy: ${messageOf(error)}`, show);
      }
    },
  };
}

function judge(policy: StsPolicy, hosts: readonly string[]): Omit<Finding, 'what'> {
  const { mode, maxAge } = policy;
  const text = `mode: ${mode}, for ${maxAge} seconds`;
  if (mode === 'none') return doubtful(text, 'with mode: enforce others use TLS, or do not send');
  const unnamed = hosts.filter((host) => !namesHost(policy, host));
  if (unnamed.length > 0)
    return bad(
      `${text}, but it does not name ${unnamed.join(', ')}`,
      'add a line "mx: …" for each host of the MX, and give the record another id',
    );
  if (mode === 'testing') return doubtful(text, 'with clean reports, say mode: enforce');
  return maxAge < SHORT ? doubtful(text, 'say max_age: 604800 or more') : good(text);
}

export function tlsReportsLook(domain: string, resolver: Resolver): Look {
  return {
    what: `TLS-RPT of ${domain}`,
    async run() {
      const found = await texts(`_smtp._tls.${domain}`, resolver);
      // RFC 8460 §3: others are passed over, and several count as none.
      const [record, ...more] = found.filter((text) => /^v=TLSRPTv1[ \t]*;/.test(text));
      if (record === undefined) return doubtful('there is no record', PUBLISH);
      if (more.length > 0)
        return bad('there are several records, which count as none', 'leave one of them');
      const [, places] =
        /;[ \t]*rua[ \t]*=[ \t]*((?:mailto|https):[^;]+?)[ \t]*(?:;|$)/i.exec(record) ?? [];
      return places === undefined
        ? bad('the record does not say where reports go', PUBLISH)
        : good(`reports go to ${places}`);
    },
  };
}
