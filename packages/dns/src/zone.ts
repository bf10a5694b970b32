/**
 * A resolver whose records stand in the source: for tests, for examples, and for names that no server is asked about.
 */
import { DnsError, type DnsErrorCode } from './dns-error.ts';
import { canonicalName, isDomainName } from './domain-name.ts';
import { resolverFrom } from './resolver-from.ts';
import type { DnsAnswer, QueryResolver, RecordType } from './types.ts';

/** CNAME records that are followed one after another; more are trouble, as a loop is. RFC 1034 §3.6.2. */
export const MAX_CNAME_CHAIN = 8;
/** Seconds that an answer of a zone holds unless it says otherwise. */
const ZONE_TTL = 300;

/** The records of one name. */
export interface ZoneNode {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** Priority and exchange; `[0, '.']` is the null MX. RFC 7505 §3. */
  readonly MX?: readonly (readonly [priority: number, exchange: string])[];
  /** Each a text, or the chunks of one. */
  readonly TXT?: readonly (string | readonly string[])[];
  readonly PTR?: readonly string[];
  /** The name that is asked instead, for every type that is not given here. */
  readonly CNAME?: string;
  /** What the lookup of a type that is not given here comes to: of every such type, or of those named. */
  readonly fail?: DnsErrorCode | { readonly [type in RecordType]?: DnsErrorCode };
  /** Seconds; 300 unless given. */
  readonly ttl?: number;
  /** Whether the answers pass for signed. */
  readonly authentic?: boolean;
}

/** Names, in any case and with or without a dot at the end, and what stands at each. */
export type Zone = { readonly [name: string]: ZoneNode };

/**
 * A resolver that knows this and nothing else. A name that is not there is `ENOTFOUND`; one that is there without such
 * records, or that has only names below it, is `ENODATA`; one that no server could be asked for is `EBADNAME`.
 */
export function zone(names: Zone): QueryResolver {
  const nodes = new Map(Object.entries(names).map(([name, node]) => [canonicalName(name), node]));
  const parents = new Set([...nodes.keys()].flatMap(namesAbove));
  const look = (name: string, type: string): Found | DnsErrorCode => {
    if (!isDomainName(name)) return 'EBADNAME';
    const node = nodes.get(name);
    return node ? find(node, type) : parents.has(name) ? 'ENODATA' : 'ENOTFOUND';
  };
  return resolverFrom(async (name, type, { cancel } = {}) => {
    const found = cancel?.aborted ? 'ECANCELLED' : follow(look, canonicalName(name), type);
    if (typeof found === 'string') throw new DnsError(found, type, name);
    return found;
  });
}

/** What stands at a name: an answer, or the name to ask instead. */
type Found = DnsAnswer & { readonly alias?: string };

/** Follows aliases to the end; the answer holds as long, and is vouched for as well, as the weakest of them. */
function follow(
  look: (name: string, type: string) => Found | DnsErrorCode,
  name: string,
  type: string,
): DnsAnswer | DnsErrorCode {
  let next = name;
  let ttl = Infinity;
  let authentic = true;
  for (let hops = 0; hops <= MAX_CNAME_CHAIN; hops++) {
    const found = look(next, type);
    if (typeof found === 'string') return found;
    ttl = Math.min(ttl, found.ttl);
    authentic &&= found.authentic;
    if (found.alias === undefined) return { records: found.records, ttl, authentic };
    next = canonicalName(found.alias);
  }
  return 'ESERVFAIL';
}

function find(node: ZoneNode, type: string): Found | DnsErrorCode {
  const { ttl = ZONE_TTL, authentic = false, CNAME: alias, fail } = node;
  const records = recordsOf(node, type);
  if (records.length > 0) return { records, ttl, authentic };
  const code =
    typeof fail === 'object'
      ? Object.entries(fail).find(([failing]) => failing === type)?.[1]
      : fail;
  return code ?? (alias === undefined ? 'ENODATA' : { records, ttl, authentic, alias });
}

/** The records of a type in the shapes that node gives them: names without the dot at the end. */
function recordsOf(
  { A = [], AAAA = [], MX = [], TXT = [], PTR = [] }: ZoneNode,
  type: string,
): unknown[] {
  switch (type) {
    case 'A':
      return [...A];
    case 'AAAA':
      return [...AAAA];
    case 'MX':
      return MX.map(([priority, exchange]) => ({ priority, exchange: withoutDot(exchange) }));
    case 'TXT':
      return TXT.map((chunks) => [chunks].flat());
    case 'PTR':
      return PTR.map(withoutDot);
    default:
      return [];
  }
}

/** `org` and `example.org` for `www.example.org`: names that exist because others stand below them. RFC 8020 §1. */
function namesAbove(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}
