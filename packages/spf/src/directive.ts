/**
 * The grammar of one directive: a qualifier and a mechanism. RFC 7208 §4.6.2, §5.
 */
import { parseIp4, parseIp6, type IpAddress } from './ip.ts';
import { parseDomainSpec, type MacroString } from './macro.ts';

export type Qualifier = '+' | '-' | '~' | '?';

/** What is asked of the client. */
export type Mechanism = LocalMechanism | AskingMechanism;

/** What the address alone decides. RFC 7208 §5.1, §5.6. */
export type LocalMechanism =
  | { readonly name: 'all' }
  | { readonly name: 'ip4' | 'ip6'; readonly network: IpAddress; readonly length: number };

/** What the DNS is asked for. A domain that is null is the one that is being checked. RFC 7208 §4.6.4, §4.8. */
export type AskingMechanism =
  | { readonly name: 'include' | 'exists'; readonly domain: MacroString }
  | { readonly name: 'ptr'; readonly domain: MacroString | null }
  | HostsMechanism;

/** RFC 7208 §5.3, §5.4. */
export interface HostsMechanism {
  readonly name: 'a' | 'mx';
  readonly domain: MacroString | null;
  /** Bits that are compared for an IPv4 client. */
  readonly ip4Length: number;
  /** Bits that are compared for an IPv6 client. */
  readonly ip6Length: number;
}

export interface Directive {
  readonly qualifier: Qualifier;
  readonly mechanism: Mechanism;
  /** As it stands in the record. */
  readonly text: string;
}

/** Null for what is no directive. */
export function parseDirective(text: string): Directive | null {
  const qualifier = qualifierOf(text);
  const rest = qualifier === null ? text : text.slice(1);
  const end = endOfName(rest);
  const mechanism = parseMechanism(rest.slice(0, end).toLowerCase(), rest.slice(end));
  return mechanism && { qualifier: qualifier ?? '+', mechanism, text };
}

function qualifierOf(text: string): Qualifier | null {
  const first = text.charAt(0);
  return first === '+' || first === '-' || first === '~' || first === '?' ? first : null;
}

/** Where a colon or a slash stands. RFC 7208 §4.6.1. */
function endOfName(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === ':' || character === '/') return at;
  }
  return text.length;
}

function parseMechanism(name: string, rest: string): Mechanism | null {
  switch (name) {
    case 'all':
      return rest === '' ? { name } : null;
    case 'include':
    case 'exists': {
      const domain = rest.startsWith(':') ? parseDomainSpec(rest.slice(1)) : null;
      return domain && { name, domain };
    }
    case 'a':
    case 'mx':
      return parseHosts(name, rest);
    case 'ptr': {
      if (rest === '') return { name, domain: null };
      const domain = rest.startsWith(':') ? parseDomainSpec(rest.slice(1)) : null;
      return domain && { name, domain };
    }
    case 'ip4':
    case 'ip6':
      return rest.startsWith(':') ? parseNetwork(name, rest.slice(1)) : null;
    default:
      return null;
  }
}

/** `[ ":" domain-spec ] [ dual-cidr-length ]`. RFC 7208 §5.3, §5.4. */
function parseHosts(name: 'a' | 'mx', rest: string): Mechanism | null {
  const slash = startOfLengths(rest);
  const lengths = parseDualLength(rest.slice(slash));
  if (!lengths) return null;
  const spec = rest.slice(0, slash);
  if (spec === '') return { name, domain: null, ...lengths };
  const domain = spec.startsWith(':') ? parseDomainSpec(spec.slice(1)) : null;
  return domain && { name, domain, ...lengths };
}

/** Where the slashes and digits at the end begin: a slash may stand inside of a domain-spec too. */
function startOfLengths(text: string): number {
  let start = text.length;
  for (let at = text.length - 1; at >= 0; at--) {
    const character = text.charAt(at);
    if (character === '/') start = at;
    else if (character < '0' || character > '9') break;
  }
  return start;
}

/** `[ ip4-cidr-length ] [ "/" ip6-cidr-length ]`. RFC 7208 §5.6. */
function parseDualLength(text: string): { ip4Length: number; ip6Length: number } | null {
  const double = text.indexOf('//');
  const ip4Length = parseLength(double === -1 ? text : text.slice(0, double), 32);
  const ip6Length = double === -1 ? 128 : parseLength(text.slice(double + 1), 128);
  return ip4Length === null || ip6Length === null ? null : { ip4Length, ip6Length };
}

function parseNetwork(name: 'ip4' | 'ip6', text: string): Mechanism | null {
  const slash = text.indexOf('/');
  const end = slash === -1 ? text.length : slash;
  const network = name === 'ip4' ? parseIp4(text.slice(0, end)) : parseIp6(text.slice(0, end));
  const length = parseLength(text.slice(end), name === 'ip4' ? 32 : 128);
  return network && length !== null ? { name, network, length } : null;
}

/** A slash and a number without leading zeros; the most there is when it is left out. */
function parseLength(text: string, most: number): number | null {
  if (text === '') return most;
  const length = /^\/(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text.slice(1)) : most + 1;
  return length <= most ? length : null;
}
