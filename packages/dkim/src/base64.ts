/**
 * Base64 as it stands in tags: white space anywhere, and padding where the writer put it. RFC 6376 §2.10.
 */
import { withoutSpace } from './tags.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The octets, or null where it is no base64 or has none. */
export function decodeBase64(value: string): Buffer | null {
  const text = withoutSpace(value);
  return BASE64.test(text) ? Buffer.from(text, 'base64') : null;
}
