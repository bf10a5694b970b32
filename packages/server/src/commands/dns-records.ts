/** What a mail server has to publish in the DNS, from its configuration. */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { reverseName } from '@postino/dns';
import type { DnsRecord } from './zone-lines.ts';

export interface PublishedFacts {
  readonly hostname: string;
  /** Those whose mail comes here. */
  readonly domains: readonly string[];
  /** Of the server, as the world sees them. */
  readonly addresses: readonly string[];
  /** Null: nothing is signed. */
  readonly dkim: {
    readonly domain: string;
    readonly selector: string;
    readonly record: string;
  } | null;
}

/** All records, those of the host first. */
export function dnsRecords(facts: PublishedFacts): DnsRecord[] {
  const { hostname, domains, dkim } = facts;
  const mailDomains = domains.filter((domain) => domain !== hostname);
  return [
    ...facts.addresses.flatMap((address) => addressRecords(address, hostname)),
    text(hostname, 'v=spf1 a -all', 'what this host says in HELO is checked too (RFC 7208 §2.3)'),
    ...(domains.includes(hostname) ? [mxOf(hostname, hostname)] : []),
    ...(dkim ? [dkimRecord(dkim)] : []),
    ...mailDomains.flatMap((domain) => [
      mxOf(domain, hostname),
      text(
        domain,
        'v=spf1 mx -all',
        'only the hosts of its MX send mail of this domain (RFC 7208)',
      ),
    ]),
    ...domains.flatMap((domain) => policyRecords(domain, hostname)),
  ];
}

/** The file that MTA-STS wants at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`. RFC 8461. */
export function stsPolicy(hostname: string): string {
  return ['version: STSv1', 'mode: testing', `mx: ${hostname}`, 'max_age: 604800', ''].join('\r\n');
}

function addressRecords(address: string, hostname: string): DnsRecord[] {
  const type = isIPv6(address) ? 'AAAA' : 'A';
  return [
    { name: hostname, type, value: address, why: 'where this host is' },
    {
      name: reverseName(address)!,
      type: 'PTR',
      value: `${hostname}.`,
      why: 'the way back; whoever gave you the address can set it',
    },
  ];
}

function mxOf(domain: string, hostname: string): DnsRecord {
  const why = 'mail for this domain comes here (RFC 5321 §5.1)';
  return { name: domain, type: 'MX', value: `10 ${hostname}.`, why };
}

function dkimRecord({ domain, selector, record }: NonNullable<PublishedFacts['dkim']>): DnsRecord {
  const why = 'the key that our signatures are checked with (RFC 6376 §3.6.2)';
  return text(`${selector}._domainkey.${domain}`, record, why);
}

function policyRecords(domain: string, hostname: string): DnsRecord[] {
  const reports = `rua=mailto:postmaster@${domain}`;
  return [
    text(
      `_dmarc.${domain}`,
      `v=DMARC1; p=none; ${reports}`,
      'reports first; p=quarantine or p=reject when they are clean (RFC 7489 §6.3)',
    ),
    text(
      `_smtp._tls.${domain}`,
      `v=TLSRPTv1; ${reports}`,
      'reports of failed TLS come here (RFC 8460)',
    ),
    stsRecord(domain, hostname),
  ];
}

/** Tells that there is a policy for MTA-STS, by an id that changes with it. */
function stsRecord(domain: string, hostname: string): DnsRecord {
  const id = createHash('sha256').update(stsPolicy(hostname)).digest('hex').slice(0, 20);
  return text(`_mta-sts.${domain}`, `v=STSv1; id=${id}`, 'others use TLS to reach us (RFC 8461)');
}

function text(name: string, value: string, why: string): DnsRecord {
  return { name, type: 'TXT', value, why };
}
