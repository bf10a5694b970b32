/** What a peer may ask of one session. Each is an option of the server machine; these are the defaults. */

export interface SmtpLimits {
  /** Octets of a command line, its CRLF counted. RFC 5321 §4.5.3.1.4. */
  readonly commandLine: number;
  /** Octets of a line within or beginning an AUTH exchange. RFC 4954 §4. */
  readonly authLine: number;
  /** Recipients of one message. RFC 5321 §4.5.3.1.8. */
  readonly recipients: number;
  /** Transactions of one session; with the next MAIL it is closed. RFC 5321 §7.8, RFC 9422 §3. */
  readonly messages: number;
  /** Commands refused for syntax or order since the last message; one more closes. RFC 5321 §7.8. */
  readonly errors: number;
  /** Commands since the last message that bring none nearer, such as NOOP and RSET; one more closes. RFC 5321 §7.8. */
  readonly idleCommands: number;
  /** AUTH exchanges that failed; the last one closes. RFC 4954 §9. */
  readonly failedLogins: number;
}

/** 512, and what SIZE, SMTPUTF8, AUTH= and later extensions add to it. RFC 5321 §4.5.3.1.4. */
const COMMAND_LINE = 2048;
/** The least that a server must take. RFC 4954 §4. */
const AUTH_LINE = 12288;
/** RFC 5321 §4.5.3.1.8 asks for 100 at the least. */
const RECIPIENTS = 1000;
/** None: RFC 5321 §7.8 lets a server have one, and no client needs it. */
const MESSAGES = Number.MAX_SAFE_INTEGER;
const ERRORS = 10;
const IDLE_COMMANDS = 100;
const FAILED_LOGINS = 3;

export const DEFAULT_LIMITS: SmtpLimits = {
  commandLine: COMMAND_LINE,
  authLine: AUTH_LINE,
  recipients: RECIPIENTS,
  messages: MESSAGES,
  errors: ERRORS,
  idleCommands: IDLE_COMMANDS,
  failedLogins: FAILED_LOGINS,
};

/** Octets of a message when nothing else is said: 50 MB, as Exim has it. RFC 5321 §4.5.3.1.7. */
export const DEFAULT_MAX_MESSAGE_SIZE: number = 50 * 1024 * 1024;
