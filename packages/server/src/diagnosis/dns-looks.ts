/** What the world finds in the DNS about us. */
import { parseKeyRecord } from '@postino/dkim';
import { discover } from '@postino/dmarc';
import type { Resolver } from '@postino/dns';
import { lookup } from '@postino/dnsbl';
import { checkHost } from '@postino/spf';
import { iprev } from '../checks/iprev.ts';
import type { PublishedFacts } from '../commands/dns-records.ts';
import { orNone, texts } from '../commands/published-facts.ts';
import type { HttpsOptions } from './fetch-sts-policy.ts';
import { bad, doubtful, good, type Look } from './finding.ts';
import { stsLook, tlsReportsLook } from './tls-looks.ts';

const PUBLISH = 'publish what "postino dns" prints';

export interface DnsLookOptions {
  readonly resolver: Resolver;
  /** Black lists to look into. */
  readonly lists: readonly string[];
  /** Where web servers are that show policies of MTA-STS; port 443, and the world's authorities, unless given. */
  readonly https?: HttpsOptions;
}

export function dnsLooks(
  facts: PublishedFacts,
  { resolver, lists, https = {} }: DnsLookOptions,
): Look[] {
  const { hostname, domains, addresses, dkim } = facts;
  return [
    addressLook(hostname, addresses, resolver),
    ...domains.flatMap((domain) => [
      mxLook(domain, hostname, resolver),
      dmarcLook(domain, resolver),
      stsLook(domain, { resolver, https }),
      tlsReportsLook(domain, resolver),
    ]),
    dkimLook(dkim, resolver),
    ...addresses.flatMap((ip) => [
      reverseLook(ip, hostname, resolver),
      ...domains.map((domain) => spfLook(ip, { hostname, domain, resolver })),
      ...lists.map((list) => listLook(ip, list, resolver)),
    ]),
  ];
}

function addressLook(hostname: string, expected: readonly string[], resolver: Resolver): Look {
  return {
    what: `address of ${hostname}`,
    async run() {
      const [v4, v6] = await Promise.all([
        orNone(resolver.resolve4(hostname)),
        orNone(resolver.resolve6(hostname)),
      ]);
      const found = [...v4, ...v6];
      if (found.length === 0) return bad('there is neither A nor AAAA', PUBLISH);
      const missing = expected.filter((ip) => !found.includes(ip));
      if (missing.length > 0)
        return bad(`the DNS says ${found.join(', ')}, not ${missing.join(', ')}`, PUBLISH);
      return v4.length > 0
        ? good(found.join(', '))
        : doubtful(
            `${found.join(', ')} alone`,
            'many servers have no IPv6: publish an A record too',
          );
    },
  };
}

function mxLook(domain: string, hostname: string, resolver: Resolver): Look {
  return {
    what: `MX of ${domain}`,
    async run() {
      const records = await orNone(resolver.resolveMx(domain));
      const hosts = records
        .toSorted((a, b) => a.priority - b.priority)
        .map(({ exchange }) => exchange.toLowerCase());
      if (hosts[0] === hostname) return good(hosts.join(', '));
      if (hosts.includes(hostname))
        return doubtful(
          hosts.join(', '),
          `${hostname} is not the first; mail comes here only when the others fail`,
        );
      if (hosts.length === 0 && domain === hostname)
        return good('none: its address serves (RFC 5321 §5.1)');
      return bad(
        hosts.length > 0 ? `${hosts.join(', ')}, and not ${hostname}` : 'there is none',
        PUBLISH,
      );
    },
  };
}

function reverseLook(ip: string, hostname: string, resolver: Resolver): Look {
  return {
    what: `PTR of ${ip}`,
    async run() {
      const { result, name } = await iprev(ip, resolver);
      const advice = `ask whoever gave you the address for a PTR of ${hostname}`;
      if (result === 'temperror') return doubtful('the DNS gave no answer', 'look again later');
      if (name === undefined)
        return bad(result === 'fail' ? 'its name does not lead back' : 'there is none', advice);
      return name.toLowerCase() === hostname
        ? good(`${name}, and back`)
        : doubtful(`${name}, and back`, advice);
    },
  };
}

interface SpfLookOptions {
  readonly hostname: string;
  readonly domain: string;
  readonly resolver: Resolver;
}

function spfLook(ip: string, { hostname, domain, resolver }: SpfLookOptions): Look {
  return {
    what: `SPF of ${domain} for ${ip}`,
    async run() {
      const query = { ip, helo: hostname, sender: `postmaster@${domain}`, resolver };
      const { result, mechanism, reason, lookups } = await checkHost(query);
      const text = [result, mechanism ?? reason].filter(Boolean).join(': ');
      if (result === 'pass') return good(`${text}; ${lookups} of 10 lookups`);
      if (result === 'temperror') return doubtful(text, 'look again later');
      if (result === 'neutral' || result === 'none') return doubtful(text, PUBLISH);
      return bad(text, PUBLISH);
    },
  };
}

function dkimLook(dkim: PublishedFacts['dkim'], resolver: Resolver): Look {
  if (dkim === null)
    return {
      what: 'DKIM',
      run: () =>
        Promise.resolve(
          doubtful('what goes out is not signed', 'make a key with "postino dkim keygen"'),
        ),
    };
  const name = `${dkim.selector}._domainkey.${dkim.domain}`;
  return {
    what: `DKIM ${name}`,
    async run() {
      const [record, ...more] = await texts(name, resolver);
      if (record === undefined) return bad('there is no record', PUBLISH);
      if (more.length > 0) return bad('there are several records', 'leave one of them');
      const [theirs, ours] = [parseKeyRecord(record), parseKeyRecord(dkim.record)];
      if (!('publicKey' in theirs) || !('publicKey' in ours))
        return bad('the record cannot be read', PUBLISH);
      if (theirs.publicKey === null) return bad('the key is revoked', PUBLISH);
      if (!ours.publicKey?.equals(theirs.publicKey))
        return bad('the record is of another key', PUBLISH);
      return theirs.flags.includes('y')
        ? doubtful('the record says t=y: testing', 'leave out t=y')
        : good('the record is of our key');
    },
  };
}

function dmarcLook(domain: string, resolver: Resolver): Look {
  return {
    what: `DMARC of ${domain}`,
    async run() {
      const found = await discover(domain, { resolver });
      if (found === 'none') return doubtful('there is no record', PUBLISH);
      if (found === 'bad') return bad('the record cannot be used', PUBLISH);
      if (found === 'several')
        return bad('there are several records, which count as none', 'leave one of them');
      const { p, sp = p } = found.record;
      const isOwn = found.domain === domain;
      const text = isOwn ? `p=${p}` : `${sp}, by the record of ${found.domain}`;
      return (isOwn ? p : sp) === 'none'
        ? doubtful(text, 'with clean reports, publish p=quarantine or p=reject')
        : good(text);
    },
  };
}

function listLook(ip: string, list: string, resolver: Resolver): Look {
  return {
    what: `${ip} in ${list}`,
    async run() {
      const { status, codes, text, reason } = await lookup(ip, list, { resolver });
      if (status === 'clear') return good('not listed');
      if (status === 'error')
        return doubtful(
          `not known: ${reason}`,
          'ask by a resolver of your own: lists refuse public ones',
        );
      return bad(
        `listed: ${codes.join(', ')} ${text ?? ''}`.trim(),
        'find out why, mend it, and ask the list to take the address out',
      );
    },
  };
}
