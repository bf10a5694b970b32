/** What a server answers, out of one line. Pure. RFC 1939 §3, RFC 2449 §8, RFC 5034 §4. */
import { decodeBase64, decodeUtf8, latin1 } from '@postino/wire';

/** A yes or a no. */
export interface Status {
  readonly ok: boolean;
  /** The response code in capitals, without its brackets, as `IN-USE`. RFC 2449 §8. */
  readonly code?: string;
  /** For people; text that is no UTF-8 comes octet by octet. */
  readonly text: string;
}

/** `+OK …` or `-ERR …`; null: it is neither. The indicators are in capitals. RFC 1939 §3. */
export function parseStatus(line: Uint8Array): Status | null {
  const whole = decodeUtf8(line) ?? latin1(line);
  const found = /^(\+OK|-ERR)(?: (?:\[([^\] ]+)\] ?)?(.*))?$/s.exec(whole);
  if (!found) return null;
  const [, indicator, code, text = ''] = found;
  const ok = indicator === '+OK';
  return code === undefined ? { ok, text } : { ok, code: code.toUpperCase(), text };
}

/** `+ base64`, a challenge; null: it is none. RFC 5034 §4. */
export function parseChallenge(line: Uint8Array): Uint8Array | null {
  const text = latin1(line);
  return text.startsWith('+ ') || text === '+' ? decodeBase64(text.slice(2)) : null;
}
