/** The shapes of both ends of an exchange. A mechanism sees decoded octets; base64, `=` and `*` belong to the wires. */

/** What a server says to a client's message. RFC 4422 §3. */
export type SaslStep =
  | { type: 'challenge'; bytes: Uint8Array }
  | { type: 'success'; user: string }
  | {
      type: 'failure';
      /** `malformed`: not a message of this mechanism; `credentials`: wrong; `temporary`: they could not be checked. */
      reason: 'malformed' | 'credentials' | 'temporary';
      /** What `verify` threw, for the log. */
      cause?: unknown;
    };

/** One exchange as the server sees it: `start` once, then `step` after each challenge until success or failure. */
export interface SaslServer {
  /** `initial`: the initial response, null when the client sent none; an empty one is not null. RFC 4422 §4. */
  start(initial: Uint8Array | null): SaslStep | Promise<SaslStep>;
  step(response: Uint8Array): SaslStep | Promise<SaslStep>;
}

/** One exchange as the client sees it: `start` once, then `step` for each challenge. */
export interface SaslClient {
  /** As it stands in the AUTH command. */
  readonly mechanism: string;
  /**
   * The initial response; null: the server speaks first. Where the command cannot carry it, it answers the server's
   * empty challenge. RFC 4422 §4.
   */
  start(): Uint8Array | null;
  /** The answer to a challenge; null: nothing more is to be said, so the exchange must be cancelled. */
  step(challenge: Uint8Array): Uint8Array | null;
  /**
   * Where the server must show that it knows the password too: whether it has. While it has not, its success is none, and
   * nothing may be sent to it. RFC 5802 §5.
   */
  readonly verified?: boolean;
}

/** How a server that learns the password itself is made. */
export interface PasswordServerOptions {
  /** Are these right? The user is as the client wrote it. A rejection means that it could not be found out. */
  verify(user: string, password: Uint8Array): boolean | Promise<boolean>;
  /** The most octets of an identity, and of a password; default `MAX_FIELD_OCTETS`. */
  readonly maxOctets?: number;
}

/** Who logs in. */
export interface PasswordClientOptions {
  readonly user: string;
  readonly password: string;
}
