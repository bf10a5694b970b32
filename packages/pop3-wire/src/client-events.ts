/** What the client machine says to whoever drives it. Types only. */
import type { LineEndFault } from '@postino/wire';
import type { Status } from './status-line.ts';

/** What has come of a command, or the greeting. */
export type Pop3ClientNews =
  /** The server has greeted us: `command` may be called. RFC 1939 §4. */
  | { readonly type: 'ready'; readonly greeting: Status }
  /** The answer to the command. After a yes to a command with several lines `content` and `contentEnd` follow. */
  | { readonly type: 'answer'; readonly status: Status; readonly content: boolean }
  /** Octets of the content, un-stuffed: a view, to be used before the next `next()`. */
  | { readonly type: 'content'; readonly bytes: Uint8Array }
  /** The dot was seen. With a fault, content from there on was dropped: what came is not the whole. */
  | { readonly type: 'contentEnd'; readonly fault: LineEndFault | null }
  /** Answer it with `respond`. RFC 5034 §4. */
  | { readonly type: 'challenge'; readonly bytes: Uint8Array };

export type Pop3ClientOrder =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** Shake hands, then call `secured`. RFC 2595 §4. */
  | { readonly type: 'startTls' }
  /** The last event. */
  | { readonly type: 'close'; readonly reason: Pop3ClientEnd; readonly why: string };

/**
 * Why the client machine closes: `quit`; `refused`, by the greeting; `closed`, the server ended its side; `timeout`;
 * `broken`, what it said is no POP3, too long, or not its turn; `aborted`, by us.
 */
export type Pop3ClientEnd = 'quit' | 'refused' | 'closed' | 'timeout' | 'broken' | 'aborted';

export type Pop3ClientEvent = Pop3ClientNews | Pop3ClientOrder;
