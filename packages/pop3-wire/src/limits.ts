/** What a client may ask of a session. Every number is an option; the defaults stand here with their source. */
export interface Pop3Limits {
  /** Octets of a command, its CRLF counted: 255. RFC 2449 §4. */
  readonly commandLine: number;
  /** Octets of a line that carries base64 for SASL, its CRLF counted: 12288. RFC 4954 §4 found that to be enough. */
  readonly authLine: number;
  /** Milliseconds of silence after which the session ends: ten minutes, and no server may do with less. RFC 1939 §3. */
  readonly idle: number;
  /** Commands in a row that cannot be understood, before login; the last one ends the session: 3, as Dovecot. */
  readonly badCommandsBeforeLogin: number;
  /** The same after login: 20, as Dovecot. */
  readonly badCommands: number;
  /** Logins refused in one session; the last one ends it: 5. Ours; a guard by address is the application's business. */
  readonly failedLogins: number;
}

export const DEFAULT_LIMITS: Pop3Limits = {
  commandLine: 255,
  authLine: 12_288,
  idle: 600_000,
  badCommandsBeforeLogin: 3,
  badCommands: 20,
  failedLogins: 5,
};

/** The limits with `given` laid over the defaults; one that is no positive whole number is a `TypeError`. */
export function limitsFrom(given: Partial<Pop3Limits> = {}): Pop3Limits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TypeError(`limits.${name} must be a positive whole number, not ${value}`);
    }
  }
  return limits;
}
