/** The content of one message on its way out. Types only. */
import type { Reply } from '@postino/wire';

/** What goes to the wire. */
export interface Written {
  readonly pieces: readonly Uint8Array[];
  /** The server answers them. */
  readonly answered: boolean;
}

/** Takes a message piece by piece; a reply says why it cannot be sent on. */
export interface ContentWriter {
  write(bytes: Uint8Array): Written | Reply;
  /** The message is whole. */
  end(): Written | Reply;
}
