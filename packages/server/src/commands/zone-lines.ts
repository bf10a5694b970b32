/** Records of the DNS as lines of a zone file, ready to paste. RFC 1035 §5.1. */
import { txtStrings } from '@postino/dkim';

export interface DnsRecord {
  /** Without a dot at the end. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR';
  /** As it stands in the zone; the text itself for TXT. */
  readonly value: string;
  /** What it is for. */
  readonly why: string;
}

/** A record behind the line that says what it is for. */
export function zoneLines({ name, type, value, why }: DnsRecord): string[] {
  return [`; ${why}`, `${name}. IN ${type} ${type === 'TXT' ? txtData(value) : value}`];
}

/** Text as the quoted strings of a TXT record, none too long; in brackets, since lines may go on in these. */
export function txtData(text: string): string {
  const strings = txtStrings(text).map((string) => `"${string.replace(/["\\]/g, '\\$&')}"`);
  return strings.length === 1 ? strings[0]! : `( ${strings.join('\n  ')} )`;
}
