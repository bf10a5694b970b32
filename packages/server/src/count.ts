/** What the server counts. Whoever counts knows no more of metrics than this. */
import type { Reply } from '@postino/wire';

/** What is counted, and by which labels it is told apart. */
export interface Counted {
  /** `tls`: from the first octet. */
  readonly connections: { protocol: 'smtp' | 'pop3'; tls: 'yes' | 'no' };
  readonly connections_refused: Record<string, never>;
  readonly recipients: { reason: string };
  readonly messages: { reason: string };
  readonly deliveries: { way: 'local' | 'remote'; outcome: 'delivered' | 'deferred' | 'failed' };
  readonly logins: { result: 'right' | 'wrong' };
  readonly checks: {
    check: 'dnsbl' | 'rdns' | 'sender' | 'spf' | 'dkim' | 'arc' | 'dmarc';
    verdict: string;
  };
}

/** Counts one more. */
export type Count = <What extends keyof Counted>(what: What, labels: Counted[What]) => void;

/** Where nobody wants to know. */
export const countNothing: Count = () => {};

/** Class and subject of a reply's status, as `5.7`: few, so that they can be a label. RFC 3463 §2. */
export function reasonOf({ code, status }: Reply): string {
  return status?.split('.').slice(0, 2).join('.') ?? `${Math.floor(code / 100)}.0`;
}
