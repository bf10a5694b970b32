/**
 * The grammar of a record: tags and their values. RFC 7489 §6.3, §6.4; RFC 9989 §4.7, §4.8.
 */

/** What a domain asks for mail that fails. RFC 7489 §6.3. */
export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

/** `r` for relaxed, `s` for strict. RFC 7489 §6.3. */
export type AlignmentMode = 'r' | 's';

/** A record by its tags; what is missing or wrong stands at its default. */
export interface DmarcRecord {
  readonly p: DmarcPolicy;
  readonly sp?: DmarcPolicy;
  /** For subdomains that do not exist. RFC 9989 §4.7. */
  readonly np?: DmarcPolicy;
  readonly adkim: AlignmentMode;
  readonly aspf: AlignmentMode;
  /** Percent of the messages that fail. RFC 7489 §6.3. */
  readonly pct: number;
  /** Whether the policy is only being tried out. RFC 9989 §4.7. */
  readonly t: 'y' | 'n';
  /** Whether it is the record of a public suffix. RFC 9989 §4.7. */
  readonly psd: 'y' | 'n' | 'u';
  /** Where reports go: URIs as they stand. */
  readonly rua: readonly string[];
  readonly ruf: readonly string[];
  /** When failures are reported. RFC 7489 §6.3. */
  readonly fo: readonly string[];
}

/** A record whose policy cannot be used: what it still says is where the walk up the DNS ends. RFC 9989 §4.10.1. */
export interface UnusableRecord extends Pick<DmarcRecord, 'psd'> {
  readonly p: null;
}

/** `v=DMARC1` first, its value in this case, and then the end or a semicolon. RFC 7489 §6.4, RFC 9989 §4.7. */
const VERSION = /^[Vv][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;
/** A URI as far as it matters here: a scheme and something behind it. RFC 3986 §3. */
const URI = /^[a-z][a-z\d+.-]*:[^\s!,;]+(?:!\d+[kmgt]?)?$/i;

/** Whether a text is a record of this version at all. Others are passed over. RFC 7489 §6.6.3. */
export function isDmarcRecord(text: string): boolean {
  return VERSION.test(text);
}

/**
 * A record; null for a text that is none, and for one that cannot be used: with a tag twice (RFC 6376 §3.2), or without
 * a valid `p`, or with a bad `sp` or `np`, unless reports are asked for: then it counts as `p=none`. RFC 7489 §6.6.3.
 *
 * Other mistakes do no harm: the tag stands at its default, RFC 7489 §6.3.
 */
export function parseDmarcRecord(text: string): DmarcRecord | null {
  const record = readRecord(text);
  return record === null || record.p === null ? null : record;
}

/** Likewise, but null only for a text that is no list of tags. */
export function readRecord(text: string): DmarcRecord | UnusableRecord | null {
  const tags = isDmarcRecord(text) ? parseTags(text) : null;
  if (!tags) return null;
  const psd = oneOf(tags.get('psd'), ['u', 'y', 'n']);
  const reports = { rua: uris(tags.get('rua')), ruf: uris(tags.get('ruf')) };
  const policies = parsePolicies(tags) ?? (reports.rua.length > 0 ? { p: 'none' as const } : null);
  if (!policies) return { p: null, psd };
  return {
    ...policies,
    adkim: oneOf(tags.get('adkim'), ['r', 's']),
    aspf: oneOf(tags.get('aspf'), ['r', 's']),
    pct: parsePercent(tags.get('pct')),
    t: oneOf(tags.get('t'), ['n', 'y']),
    psd,
    // Not done: reports of RFC 7489 §7; what asks for them is parsed for those who send some.
    ...reports,
    fo: (tags.get('fo') ?? '0').toLowerCase().split(/[ \t]*:[ \t]*/),
  };
}

/** Tags by their names in lower case; null when one is there twice. What is no tag is passed over. */
function parseTags(text: string): Map<string, string> | null {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    if (tags.has(name)) return null;
    tags.set(name, part.slice(equals + 1).trim());
  }
  return tags;
}

// Deviation: a bad np counts in RFC 7489's discovery too, though RFC 7489 §6.3 does not know the tag.
function parsePolicies(
  tags: ReadonlyMap<string, string>,
): Pick<DmarcRecord, 'p' | 'sp' | 'np'> | null {
  const p = parsePolicy(tags.get('p'));
  const sp = parsePolicy(tags.get('sp'));
  const np = parsePolicy(tags.get('np'));
  const bad = (tags.has('sp') && !sp) || (tags.has('np') && !np);
  return !p || bad ? null : { p, ...(sp && { sp }), ...(np && { np }) };
}

function parsePolicy(value: string | undefined): DmarcPolicy | null {
  const policy = value?.toLowerCase();
  return policy === 'none' || policy === 'quarantine' || policy === 'reject' ? policy : null;
}

/** One of some values, in any case; the first of them otherwise. */
function oneOf<T extends string>(value: string | undefined, values: readonly [T, ...T[]]): T {
  return values.find((known) => known === value?.toLowerCase()) ?? values[0];
}

function parsePercent(value = ''): number {
  return /^\d{1,3}$/.test(value) && Number(value) <= 100 ? Number(value) : 100;
}

function uris(value = ''): string[] {
  return value
    .split(',')
    .map((uri) => uri.trim())
    .filter((uri) => URI.test(uri));
}
