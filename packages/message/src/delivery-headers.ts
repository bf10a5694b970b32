/**
 * The three fields that stand above all others in a delivered message. RFC 5321 §4.4 asks for the first; Exim spells
 * and orders them so.
 */
import { bracketed } from './bracketed.ts';
import { harmless } from './harmless.ts';
import { MAX_LINE } from './format-field.ts';

/** Their names, in order. */
export const DELIVERY_HEADERS = ['Return-path', 'Envelope-to', 'Delivery-date'] as const;
export type DeliveryHeader = (typeof DELIVERY_HEADERS)[number];

export interface DeliveryHeaders {
  /** The reverse-path, with its angle brackets: `<>` where there is none. */
  readonly returnPath: string;
  /** The recipients as the envelope had them, before aliases and with suffixes; duplicates are dropped. */
  readonly envelopeTo: readonly string[];
  /** From `formatDate()`. */
  readonly date: string;
  /** Those that are wanted; all where it is not given. */
  readonly only?: readonly DeliveryHeader[];
}

/** Octets left for a value: the longest of the three names with its colon and space, and a comma, go off a line. */
const MAX_VALUE = MAX_LINE - 'Delivery-date: ,'.length;

/**
 * `Return-path`, `Envelope-to` and `Delivery-date`, each with its CRLF; one address a line. A return path without
 * angle brackets, or no recipient at all, is a `TypeError`.
 */
export function deliveryHeaders({
  returnPath,
  envelopeTo,
  date,
  only = DELIVERY_HEADERS,
}: DeliveryHeaders): string {
  if (envelopeTo.length === 0) throw new TypeError('a delivered message has a recipient');
  const recipients = [...new Set(envelopeTo)].map(address).join(',\r\n ');
  const values: Readonly<Record<DeliveryHeader, string>> = {
    'Return-path': address(bracketed(returnPath)),
    'Envelope-to': recipients,
    'Delivery-date': date,
  };
  return DELIVERY_HEADERS.filter((name) => only.includes(name))
    .map((name) => `${name}: ${values[name]}\r\n`)
    .join('');
}

/** Addresses are of the session's own making already; this only keeps a mistake there from becoming a field here. */
function address(text: string): string {
  return harmless(text, { max: MAX_VALUE, utf8: true });
}
