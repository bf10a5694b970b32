/**
 * DKIM-Quoted-Printable, which `i=` is written in. RFC 6376 §2.11.
 */
import { encodeUtf8, latin1 } from '@postino/wire';

import { withoutSpace } from './tags.ts';

/** The octets that this stands for, one character each; null where `=` is not followed by two digits in capitals. */
export function decodeQuotedPrintable(value: string): string | null {
  const text = withoutSpace(value);
  if (!text.includes('=')) return text;
  if (/=(?![0-9A-F]{2})/.test(text)) return null;
  return text.replace(/=(..)/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** Text with all but the safe characters encoded. */
export function encodeQuotedPrintable(text: string): string {
  return latin1(encodeUtf8(text)).replace(
    /[^!-:<>-~]/g,
    (octet) => `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
