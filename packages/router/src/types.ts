/** What a router is asked, what it answers, and what it looks things up in. */

import type { ForwardPath, Mailbox, Path } from '@postino/address';
import type { Reply } from '@postino/wire';

/** Where a copy of a message goes, and which recipients of the envelope led there, as they were written. */
export type Target =
  | {
      readonly type: 'local';
      /** A name; `name@domain` for a user of one domain only. */
      readonly user: string;
      readonly original: readonly ForwardPath[];
    }
  | {
      readonly type: 'remote';
      readonly address: Mailbox;
      readonly original: readonly ForwardPath[];
    };

/** An address that an alias names and that leads nowhere, though others of the same alias do not. */
export interface Failure {
  readonly address: Path;
  readonly reply: Reply;
}

/** What becomes of one recipient. */
export type Route =
  | {
      readonly type: 'deliver';
      /** Each once; none at all where an alias throws the message away. */
      readonly targets: readonly Target[];
      /** For the operator: what in the alias file needs mending. Left out when there is nothing. */
      readonly failures?: readonly Failure[];
    }
  | { readonly type: 'refuse'; readonly reply: Reply }
  | {
      readonly type: 'defer';
      readonly reply: Reply;
      /** What a lookup threw, for the log. */
      readonly cause?: unknown;
    };

/** One address of an alias. */
export type AliasTarget =
  | { readonly type: 'address'; readonly address: Mailbox }
  /** A local part alone: it is looked up in the domain that the alias was asked for. */
  | { readonly type: 'name'; readonly localPart: string }
  /** `\user`: that user's mailbox, whatever aliases there are. */
  | { readonly type: 'user'; readonly user: string };

/** What an alias stands for. */
export type Alias =
  | { readonly type: 'expand'; readonly targets: readonly AliasTarget[] }
  /** `:fail:` */
  | { readonly type: 'refuse'; readonly reply: Reply }
  /** `:defer:` */
  | { readonly type: 'defer'; readonly reply: Reply }
  /** `:blackhole:` */
  | { readonly type: 'discard' };

/**
 * Aliases by `aliasKey`: `name`, `name@domain`, `@domain` or `*`, all in lower case. A `Map` is one; a rejection means
 * that nobody knows now, and the recipient is deferred.
 */
export interface AliasLookup {
  get(key: string): Alias | undefined | Promise<Alias | undefined>;
}

/** Users by name, in lower case; a rejection means that nobody knows now, and the recipient is deferred. */
export interface UserLookup {
  has(user: string): boolean | Promise<boolean>;
}
