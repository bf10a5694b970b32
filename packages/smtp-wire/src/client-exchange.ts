/** AUTH as the client speaks it: base64, lengths and `*`; what the octets mean is the mechanism's. RFC 4954 §4. */
import { decodeBase64, encodeBase64, type Reply } from '@postino/wire';
import { commandLine } from './envelope-commands.ts';

/** Octets of a command line, its CRLF counted: an initial response must fit. RFC 5321 §4.5.3.1.4, RFC 4954 §4. */
const COMMAND_LINE = 512;
const CANCEL = '*\r\n';

export class ClientExchange {
  readonly command: string;
  /** The initial response, where it was too long for the command. */
  #held: Uint8Array | null = null;
  /** A challenge was given and not answered. */
  challenged = false;

  constructor(mechanism: string, initial: Uint8Array | null) {
    const bare = commandLine(`AUTH ${mechanism}`);
    const whole =
      initial === null ? bare : commandLine(`AUTH ${mechanism} ${initialText(initial)}`);
    this.command = whole.length <= COMMAND_LINE ? whole : bare;
    if (this.command !== whole) this.#held = initial;
  }

  /** What a 334 asks: the octets of a challenge, or the line that answers it without more ado. RFC 4954 §4. */
  challenge({ text }: Reply): Uint8Array | string {
    const bytes = decodeBase64([text].flat().join(''));
    if (!bytes) return CANCEL;
    const held = this.#held;
    this.#held = null;
    if (held) return bytes.length === 0 ? `${encodeBase64(held)}\r\n` : CANCEL;
    this.challenged = true;
    return bytes;
  }

  /** The line that answers a challenge; null cancels. */
  respond(response: Uint8Array | null): string {
    this.challenged = false;
    return response ? `${encodeBase64(response)}\r\n` : CANCEL;
  }
}

/** An empty one is `=`. RFC 4954 §4. */
function initialText(initial: Uint8Array): string {
  return initial.length === 0 ? '=' : encodeBase64(initial);
}
