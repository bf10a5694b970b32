/** How long the peer may take, in milliseconds. RFC 5321 §4.5.3.2. */
const MINUTE = 60_000;

export interface SmtpTimeouts {
  /** For each command before EHLO or HELO was accepted; default as `command`. RFC 5321 §4.5.3.2.7. */
  readonly hello: number;
  /** For the whole next command. RFC 5321 §4.5.3.2.7. */
  readonly command: number;
  /** For the next line of an AUTH exchange; default as `command`. RFC 4954 §4. */
  readonly auth: number;
  /** For the next block of content. RFC 5321 §4.5.3.2.5. */
  readonly content: number;
}

const COMMAND = 5 * MINUTE;

export const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  hello: COMMAND,
  command: COMMAND,
  auth: COMMAND,
  content: 3 * MINUTE,
};

/** Those that are given, and the defaults for the rest. */
export function resolveTimeouts(given: Partial<SmtpTimeouts> = {}): SmtpTimeouts {
  const { command = COMMAND } = given;
  return { ...DEFAULT_TIMEOUTS, hello: command, auth: command, ...given };
}
