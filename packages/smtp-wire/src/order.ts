/** In which order the peer may speak: the whole of it, as one table. */

/** Where a session stands. */
export type Phase =
  | 'connect'
  | 'hello'
  | 'ready'
  | 'mail'
  | 'rcpt'
  | 'content'
  /** Within a chunk of BDAT. */
  | 'chunk'
  /** Between two chunks. */
  | 'chunks'
  | 'tls'
  | 'refused'
  | 'closed';

/** The commands that are served. */
export type Verb =
  | 'EHLO'
  | 'HELO'
  | 'LHLO'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'RSET'
  | 'NOOP'
  | 'VRFY'
  | 'HELP'
  | 'QUIT'
  | 'STARTTLS'
  | 'AUTH';

/** What moves a session on and is no command: it was connected, TLS stands, a chunk or all of the content was seen. */
export type Happening = 'connection' | 'handshake' | 'end of chunk' | 'end of data';

/** A session may begin anew at any time. RFC 5321 §4.1.4. */
const HELLO = { EHLO: 'ready', HELO: 'ready', LHLO: 'ready' } as const;

/**
 * Where a command leads once accepted; absent means 503. A refusal leaves the phase as it was, but for two: a refused
 * connection may only QUIT (RFC 5321 §3.1), and the end of data ends the transaction however it is answered.
 * LHLO stands for EHLO and HELO in LMTP, which has neither. RFC 5321 §4.1.4, RFC 3207 §4, RFC 4954 §4, RFC 3030 §2,
 * RFC 2033 §4.1.
 */
export const ORDER: Readonly<Record<Phase, Readonly<Partial<Record<Verb | Happening, Phase>>>>> = {
  connect: { connection: 'hello' },
  hello: { ...always('hello'), ...HELLO, RSET: 'hello' },
  ready: {
    ...always('ready'),
    ...HELLO,
    RSET: 'ready',
    STARTTLS: 'tls',
    AUTH: 'ready',
    MAIL: 'mail',
  },
  mail: { ...always('mail'), ...HELLO, RSET: 'ready', RCPT: 'rcpt' },
  rcpt: {
    ...always('rcpt'),
    ...HELLO,
    RSET: 'ready',
    RCPT: 'rcpt',
    DATA: 'content',
    BDAT: 'chunk',
  },
  content: { 'end of data': 'ready' },
  chunk: { 'end of chunk': 'chunks', 'end of data': 'ready' },
  chunks: { ...always('chunks'), ...HELLO, RSET: 'ready', BDAT: 'chunk' },
  tls: { handshake: 'hello' },
  refused: { QUIT: 'closed' },
  closed: {},
};

/** The commands that may come at any time. RFC 5321 §4.1.4. */
function always(phase: Phase): Partial<Record<Verb, Phase>> {
  return { NOOP: phase, VRFY: phase, HELP: phase, QUIT: 'closed' };
}
