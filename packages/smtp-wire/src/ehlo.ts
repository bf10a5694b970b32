/** The extensions that EHLO lists. RFC 5321 §4.1.1.1. */

/** What is offered at this moment; it changes when TLS begins. */
export interface Offer {
  /** Octets. RFC 1870 §4. */
  readonly maxMessageSize: number;
  /** RFC 3461 §3. */
  readonly dsn: boolean;
  /** RFC 3030 §2. */
  readonly chunking: boolean;
  /** RFC 3030 §3. */
  readonly binaryMime: boolean;
  /** RFC 8689 §2. */
  readonly requireTls: boolean;
  /** By their keywords; none means that LIMITS is not offered. RFC 9422 §3. */
  readonly limits: Readonly<Record<string, number>>;
  /** Lines of other extensions. */
  readonly others: readonly string[];
  readonly startTls: boolean;
  /** In capitals; none means that AUTH is not offered. RFC 4954 §3. */
  readonly mechanisms: readonly string[];
}

/** The lines of the EHLO reply behind its first. RFC 2920, 6152, 6531, 2034 are always offered. */
export function ehloLines(offer: Offer): string[] {
  return [
    `SIZE ${offer.maxMessageSize}`,
    '8BITMIME',
    'SMTPUTF8',
    'PIPELINING',
    'ENHANCEDSTATUSCODES',
    ...(offer.dsn ? ['DSN'] : []),
    ...(offer.chunking ? ['CHUNKING'] : []),
    ...(offer.binaryMime ? ['BINARYMIME'] : []),
    ...(offer.requireTls ? ['REQUIRETLS'] : []),
    ...limitsLine(offer.limits),
    ...offer.others,
    ...(offer.startTls ? ['STARTTLS'] : []),
    ...(offer.mechanisms.length > 0 ? [`AUTH ${offer.mechanisms.join(' ')}`] : []),
    'HELP',
  ];
}

/** A limit has six digits at most; a higher one is none. RFC 9422 §3. */
const HIGHEST = 999_999;

function limitsLine(limits: Offer['limits']): string[] {
  const said = Object.entries(limits).flatMap(([name, limit]) =>
    limit <= HIGHEST ? [`${name}=${limit}`] : [],
  );
  return said.length > 0 ? [`LIMITS ${said.join(' ')}`] : [];
}
