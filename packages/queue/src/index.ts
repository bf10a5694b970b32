export type {
  CommitOptions,
  Content,
  Deferred,
  Due,
  DueAttempt,
  DueOptions,
  DueWarning,
  Outcome,
  Queue,
  QueueEntry,
  QueueEvent,
  QueueId,
  RecipientState,
  RecordOptions,
  Report,
  Settled,
  Spooled,
  Warned,
} from './types.ts';
export { FileQueue, type FileQueueOptions } from './file-queue.ts';
export { Spool, type SpoolOptions } from './spool.ts';
export { isQueueId, newQueueId, timeOfQueueId } from './queue-id.ts';
export {
  DEFAULT_RETRY,
  nextAttempt,
  parseRetryRule,
  type FailedAttempt,
  type RetryRule,
  type RetryStep,
} from './retry-rule.ts';
export { room } from './room.ts';
