/** BDAT: a message that comes in chunks of known size. RFC 3030 §2. */
import type { Reply } from '@postino/wire';
import type { ChunkSize } from './chunk-reader.ts';
import { ORDER } from './order.ts';
import { outOfOrder } from './out-of-order.ts';
import type { Session } from './session.ts';

/** A chunk out of turn is read too; what was in the pipeline when its message failed is no error. RFC 3030 §2. */
export function readChunk(session: Session, chunk: ChunkSize): void {
  const { intake, options, state, tally } = session;
  intake.announce(chunk);
  const good = 'BDAT' in ORDER[state.phase];
  const idle = !good || (chunk.size === 0 && !chunk.last);
  if (idle && tally.idleCommand()) session.tooMany('tooManyIdle');
  else if (!good) intake.discardChunk(outOfOrder(state.phase, 'BDAT', options));
  else if (intake.chunked) {
    state.move('BDAT');
    intake.nextChunk();
  } else session.question = { type: 'data', how: 'BDAT' };
}

/** The first chunk may come: there is no 354, it follows unasked. RFC 3030 §2. */
export function acceptChunks({ intake, state }: Session): void {
  intake.beginChunks({ binary: state.transaction?.binary ?? false });
}

/** A message refused at its first chunk is over: the next chunk must not be taken for its first. */
export function refuseChunks(session: Session, reply: Reply): void {
  session.dropTransaction();
  session.state.move('BDAT');
  session.intake.discardChunk(reply);
}
