/** How far a connection must be protected: the port where MTA-STS, DANE and the like stand, and what it may say. */
import { isAddressLiteral, type Envelope } from '@postino/address';
import type { Reply, TlsOptions } from '@postino/wire';

/** What is asked of the connection to one host. */
export type TlsRule =
  /** `none`: no TLS. `may`: TLS with whom it may be, and in the clear where it fails. RFC 7435 §3. */
  | { readonly tls: 'none' | 'may' }
  /** TLS, or nothing goes to this host. */
  | {
      readonly tls: 'require';
      /** What the certificate is held against; default `pki`. */
      readonly verify?: NonNullable<TlsOptions['verify']>;
      /** The name that is sent and looked for; default the host's. */
      readonly serverName?: string;
    }
  /** Nothing goes to this host; a 4xx may be mended, a 5xx not. */
  | { readonly tls: 'refuse'; readonly reply: Reply };

export interface TlsQuestion {
  /** The recipients' domain as the DNS takes it, or an address literal. */
  readonly domain: string;
  /** The host's name as the MX record has it, in lower case, or an address literal. */
  readonly host: string;
  readonly envelope: Envelope;
}

/** Asked for each host before it is tried. What it throws puts the host off as a 4xx would. */
export type TlsPolicy = (question: TlsQuestion) => TlsRule | Promise<TlsRule>;

/** TLS where it is offered, which is all that can be asked of a stranger. RFC 3207 §4, RFC 7435 §3. */
export const OPPORTUNISTIC: TlsPolicy = () => ({ tls: 'may' });

export type UsableRule = Exclude<TlsRule, { readonly tls: 'refuse' }>;

/**
 * The rule for a message that requires TLS, which no policy makes weaker. RFC 8689 §4.2.1.
 * Not done: whether DNSSEC or MTA-STS vouches for the MX record, also RFC 8689 §4.2.1: a policy that knows may refuse.
 */
export function ruleFor(rule: TlsRule, { requireTls }: Envelope): TlsRule {
  if (!requireTls || rule.tls === 'refuse') return rule;
  if (rule.tls === 'require' && rule.verify !== 'none') return rule;
  return { ...rule, tls: 'require', verify: 'pki' };
}

/** What to ask of the handshake with a host. */
export function handshakeOf(rule: UsableRule, host: string): TlsOptions {
  const named = isAddressLiteral(host) ? {} : { serverName: host };
  if (rule.tls !== 'require') return { ...named, verify: 'none' };
  const { serverName, verify = 'pki' } = rule;
  return { ...named, ...(serverName === undefined ? {} : { serverName }), verify };
}
