/** How long the peer may take, in milliseconds. RFC 5321 §4.5.3.2. */
const MINUTE = 60_000;

export interface SmtpTimeouts {
  /** For the whole next command, or the next line of an AUTH exchange. RFC 5321 §4.5.3.2.7. */
  readonly command: number;
  /** For the next block of content. RFC 5321 §4.5.3.2.5. */
  readonly content: number;
}

export const DEFAULT_TIMEOUTS: SmtpTimeouts = { command: 5 * MINUTE, content: 3 * MINUTE };
