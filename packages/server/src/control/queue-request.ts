/** What may be asked about the queue, and how that stands on a line: the grammar of the control socket. */
import { isQueueId, type QueueId } from '@postino/queue';
import * as z from 'zod';

/** Which entries are meant: those that fit all that is given; with nothing given all of them. */
export interface Selection {
  readonly ids?: readonly QueueId[] | undefined;
  readonly held?: true | undefined;
  /** A part of the address, in any case, of a recipient that is still to be served: `<bob@b.example>`, `@b.example`. */
  readonly recipient?: string | undefined;
  /** A part of the sender's address; `<>` is the sender of reports. */
  readonly sender?: string | undefined;
  /** Milliseconds since it was accepted, at least. */
  readonly older?: number | undefined;
}

export type QueueRequest =
  | { readonly type: 'list'; readonly select: Selection }
  | { readonly type: 'show'; readonly id: QueueId }
  | { readonly type: 'message'; readonly id: QueueId }
  | ChangeRequest;

export type ChangeRequest =
  | { readonly type: 'retry' | 'hold' | 'release'; readonly select: Selection }
  | {
      readonly type: 'remove';
      readonly select: Selection;
      /** The senders are told. */
      readonly bounce: boolean;
      /** Where more than so many are meant, none goes. */
      readonly atMost?: number | undefined;
    };

/** The ids that one request can name. Our choice. */
export const MAX_IDS = 1000;

const id = z.string().refine(isQueueId);
const select = z.strictObject({
  ids: z.array(id).max(MAX_IDS).optional(),
  held: z.literal(true).optional(),
  recipient: z.string().optional(),
  sender: z.string().optional(),
  older: z.number().min(0).optional(),
});
const REQUEST: z.ZodType<QueueRequest> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['list', 'retry', 'hold', 'release']), select }),
  z.strictObject({ type: z.enum(['show', 'message']), id }),
  z.strictObject({
    type: z.literal('remove'),
    select,
    bounce: z.boolean(),
    atMost: z.int().min(0).optional(),
  }),
]);

/** The request of a line; null for what is none. */
export function parseRequest(line: string): QueueRequest | null {
  try {
    return REQUEST.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
