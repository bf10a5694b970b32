/** SPF, DKIM, DMARC and DNS lists, as the runners ask for them. */
import { verify } from '@postino/dkim';
import { seal, verifyArc } from '@postino/dkim/arc';
import {
  evaluate,
  isAligned,
  parseDmarcRecord as parseRecord,
  registrableDomain as registrable,
} from '@postino/dmarc';
import { resolverFrom } from '@postino/dns';
import { health, lookup, lookupDomain, queryName } from '@postino/dnsbl';
import { checkHost } from '@postino/spf';

/** The runners' resolver is one function, `resolve(name, type)`. */
const resolverOf = (resolve) =>
  resolverFrom(async (name, type) => ({
    records: await resolve(name, type),
    ttl: 300,
    authentic: false,
  }));

export const capabilities = { explanation: true };

export async function spf({ ip, helo, mailFrom, receiver, resolver }) {
  const { result, explanation } = await checkHost({
    ip,
    helo,
    sender: mailFrom,
    receiver,
    resolver: resolverOf(resolver),
  });
  return { result, explanation };
}

/** Some of the data is a piece of an mbox, whose first line is no part of the message. */
function withoutMboxLine(message) {
  return message.subarray(0, 5).toString() === 'From '
    ? message.subarray(message.indexOf('\n') + 1)
    : message;
}

export async function dkim(message, { resolver, now, allowWeak }) {
  const results = await verify(withoutMboxLine(message), {
    resolver: resolverOf(resolver),
    ...(now === undefined ? {} : { now: () => now * 1000 }),
    // The data takes `l=` at its word, RFC 6376 §3.5, where we report policy unless told otherwise.
    accept: allowWeak ? ['partialBody', 'rsa-sha1', 'smallKey'] : ['partialBody'],
  });
  return results.map(({ result, domain, selector }) => ({ result, domain, selector }));
}

export async function arc(message, { resolver, now }) {
  return verifyArc(message, {
    resolver: resolverOf(resolver),
    ...(now === undefined ? {} : { now: () => now * 1000 }),
  });
}

/** What the chain came to is in the results of the message, which are of the host that seals. */
export function arcSeal(message, { domain, selector, privateKey, authservId, ...how }) {
  return seal(message, {
    authservId,
    domain,
    selector,
    key: privateKey,
    headers: how.signedHeaders,
    oversign: [],
    now: () => how.timestamp * 1000,
  });
}

export async function dmarc({ from, spf, dkim, resolver }) {
  const domains = [from].flat().map((address) => address.slice(address.lastIndexOf('@') + 1));
  // The data follows RFC 9989 where it differs from RFC 7489.
  const judged = await evaluate({
    from: domains,
    spf,
    dkim,
    resolver: resolverOf(resolver),
    discovery: 'treeWalk',
  });
  const { result, policy, disposition, domain, alignedBy } = judged;
  return {
    result,
    policy,
    disposition,
    policyDomain: domain ?? undefined,
    spfAligned: alignedBy.includes('spf'),
    dkimAligned: alignedBy.includes('dkim'),
  };
}

export const parseDmarcRecord = (text) => parseRecord(text);
export const dmarcAligned = (a, b, mode) => isAligned(a, b, mode === 'strict' ? 's' : 'r');
export const registrableDomain = (name) => registrable(name);

export const dnsblQueryName = (ip) => queryName(ip);

export async function dnsbl({ list, ip, domain, accept, resolver }) {
  const spec = accept ? `${list}=${accept.join(',')}` : list;
  const options = { resolver: resolverOf(resolver) };
  const answer = await (ip === undefined
    ? lookupDomain(domain, spec, options)
    : lookup(ip, spec, options));
  if (answer.status === 'error') return { temperror: true, listed: false };
  return {
    listed: answer.status === 'listed',
    codes: answer.codes,
    reason: answer.text?.split('; '),
  };
}

export async function dnsblHealth({ list, resolver }) {
  return (await health(list, { resolver: resolverOf(resolver) })).healthy;
}
