/** What goes into a question to a list and what comes out of it. Types only. */
import type { Cancel, Resolver } from '@postino/dns';

export interface DnsblOptions {
  readonly resolver: Resolver;
  /** Ends the wait: what is not answered by then is an error. This package has no clock. */
  readonly cancel?: Cancel;
}

export interface DnsblResult {
  /** `error` is all that is not known: trouble with the DNS, a dead list, a list that does not serve us. It says nothing about the client. */
  readonly status: 'listed' | 'clear' | 'error';
  readonly zone: string;
  /** The list's answers, such as `127.0.0.2`; those that are none of its codes are left out. */
  readonly codes: string[];
  /** What the list says of one that it lists, at most `MAX_TEXT` characters. A stranger's text: make it harmless. */
  readonly text?: string;
  /** Why it is an error, for a log. */
  readonly reason?: string;
}
