/** What the checks stand on. Types only. */
import type { DnsList } from '@postino/dnsbl';
import type { Resolver } from '@postino/dns';
import type { ChecksConfig } from '../config/config.ts';
import type { Count } from '../count.ts';
import type { Reachability } from './reachability.ts';

export interface CheckServices {
  readonly config: ChecksConfig;
  /** Those of the configuration. */
  readonly lists: readonly DnsList[];
  /** Our `authserv-id`, and how SPF names us. RFC 8601 §2.5. */
  readonly hostname: string;
  readonly resolver: Resolver;
  readonly reachability: Reachability;
  readonly count: Count;
}
