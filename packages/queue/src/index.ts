export type { CommitOptions, Content, Queue, QueueEntry, QueueId, Spooled } from './types.ts';
export { FileQueue, type FileQueueOptions } from './file-queue.ts';
export { Spool, type SpoolOptions } from './spool.ts';
export { newQueueId, timeOfQueueId } from './queue-id.ts';
export { room } from './room.ts';
