/** What a client takes from a server. Every number is an option; the defaults stand here with their source. */
export interface Pop3ClientLimits {
  /**
   * Octets of a status line, its CRLF counted: 1024.
   * Deviation: RFC 2449 §4 says 512; servers with long texts are read all the same.
   */
  readonly statusLine: number;
  /** Octets of a challenge, its CRLF counted: 12288. RFC 4954 §4 found that to be enough. */
  readonly challengeLine: number;
  /** Milliseconds for the server to say the next thing: five minutes. Ours: opening a large maildrop takes its time. */
  readonly reply: number;
}

export const DEFAULT_CLIENT_LIMITS: Pop3ClientLimits = {
  statusLine: 1024,
  challengeLine: 12_288,
  reply: 300_000,
};
