import type { Verb } from './command.ts';

/**
 * Where a session stands. `authorization`, `transaction` and `update` are the states of RFC 1939 §3; `named` is
 * AUTHORIZATION after USER; in `exchange` the next line is a SASL response and in `handshake` TLS is being negotiated,
 * so neither takes commands.
 */
export type Phase =
  | 'authorization'
  | 'named'
  | 'exchange'
  | 'handshake'
  | 'transaction'
  | 'update'
  | 'closed';

/**
 * Where a command leads once accepted; absent means that it is refused there. A refusal leaves the phase as it was, but
 * for a refused login, which leads back to `authorization`. RFC 1939 §9, RFC 2449 §5, RFC 2595 §4, RFC 5034 §4.
 *
 * Deviation: RFC 1939 §7 has PASS "immediately after" USER; CAPA may stand between them, as elsewhere.
 */
export const ORDER: Readonly<Record<Phase, Readonly<Partial<Record<Verb, Phase>>>>> = {
  authorization: {
    CAPA: 'authorization',
    UTF8: 'authorization',
    STLS: 'handshake',
    USER: 'named',
    AUTH: 'transaction',
    QUIT: 'closed',
  },
  named: {
    CAPA: 'named',
    STLS: 'handshake',
    USER: 'named',
    PASS: 'transaction',
    AUTH: 'transaction',
    QUIT: 'closed',
  },
  exchange: {},
  handshake: {},
  transaction: {
    CAPA: 'transaction',
    STAT: 'transaction',
    LIST: 'transaction',
    UIDL: 'transaction',
    RETR: 'transaction',
    TOP: 'transaction',
    DELE: 'transaction',
    NOOP: 'transaction',
    RSET: 'transaction',
    QUIT: 'update',
  },
  update: {},
  closed: {},
};
