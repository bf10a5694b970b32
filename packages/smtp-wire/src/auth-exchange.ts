/** AUTH from its command to its result: base64, lengths and `*`; what the octets mean is the mechanism's. RFC 4954 §4. */
import {
  asciiBytes,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  type Line,
  type Reply,
} from '@postino/wire';
import type { SmtpServerQuestion } from './events.ts';
import { REPLIES } from './replies.ts';

const EMPTY: Uint8Array = new Uint8Array(0);

export class AuthExchange {
  #challenged = false;
  #succeeded = false;

  /** A challenge was sent: the next line answers it. */
  get challenged(): boolean {
    return this.#challenged;
  }

  get succeeded(): boolean {
    return this.#succeeded;
  }

  /** What a command asks of the application, or why it may not; `initial` is in base64, `=` when empty. */
  begin(mechanism: string, initial: string | null): SmtpServerQuestion | Reply {
    const bytes = initial === '=' ? EMPTY : initial === null ? null : decodeBase64(initial);
    return bytes === null && initial !== null
      ? REPLIES.badBase64
      : { type: 'auth', mechanism, initial: bytes };
  }

  /** The challenge as a line; it may be longer than a reply. */
  challenge(bytes: Uint8Array): Uint8Array {
    this.#challenged = true;
    return asciiBytes(`334 ${encodeBase64(bytes)}\r\n`);
  }

  /** What the answer to a challenge asks of the application, or why the exchange is over. */
  respond(line: Line): SmtpServerQuestion | Reply {
    this.#challenged = false;
    if (line.fault === 'tooLong') return REPLIES.authLineTooLong;
    const text = line.fault ? null : decodeUtf8(line.bytes);
    if (text === '*') return REPLIES.authCancelled;
    const bytes = text === null ? null : decodeBase64(text);
    return bytes ? { type: 'authResponse', bytes } : REPLIES.badBase64;
  }

  succeed(): void {
    this.#succeeded = true;
  }
}
