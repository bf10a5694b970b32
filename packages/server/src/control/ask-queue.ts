/** Asks about the queue, whoever has it: a running server at its control socket, or else its folder itself. */
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { holdLock } from '@postino/maildir';
import { FileQueue } from '@postino/queue';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { lockPath } from '../data-dir.ts';
import { DeliveryReports } from '../delivery-reports.ts';
import { codeOf } from '../fault.ts';
import { openLog } from '../log.ts';
import { becomeOwnerOf } from '../rights.ts';
import { SenderRewriting } from '../sender-rewriting.ts';
import { askServer } from './ask-server.ts';
import { controlPath } from './control-socket.ts';
import type { QueueAnswer } from './queue-answer.ts';
import { QueueDesk } from './queue-desk.ts';
import type { QueueRequest } from './queue-request.ts';

/** How often whoever has the queue is looked for, and the ms between: a server may be starting, or another command end. */
const TRIES = 50;
const BETWEEN = 100;

/** Rejects when the queue cannot be reached; the message says what to do. Started as root it becomes the folder's owner. */
export async function* askQueue(
  config: Config,
  request: QueueRequest,
): AsyncGenerator<QueueAnswer, void, undefined> {
  const { data_dir } = config;
  await explained(data_dir, becomeOwnerOf(data_dir));
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await wait(BETWEEN);
    const lock = await explained(data_dir, holdLock(lockPath(data_dir)));
    if (lock)
      try {
        return yield* (await openDesk(config)).perform(request);
      } finally {
        lock.release();
      }
    const answers = askServer(controlPath(data_dir), request);
    const first = await explained(data_dir, answers.next().catch(unlessNobody));
    if (first === null) continue;
    if (!first.done) yield first.value;
    return yield* answers;
  }
  throw new Error(
    `${data_dir} is in use, but no server answers at ${controlPath(data_dir)}; look into its log, or stop it and ask again`,
  );
}

async function openDesk({ hostname, data_dir, srs, queue: { warn_after } }: Config) {
  const clock = SYSTEM_CLOCK;
  const queue = await FileQueue.open(join(data_dir, 'queue'), { warnAfter: warn_after });
  const reports = new DeliveryReports({
    hostname,
    queue,
    senders: new SenderRewriting(srs, clock),
    clock,
  });
  return new QueueDesk({ queue, reports, clock, log: openLog('silent'), changed() {} });
}

function unlessNobody(error: unknown): null {
  if (['ENOENT', 'ECONNREFUSED'].includes(codeOf(error))) return null;
  throw error;
}

async function explained<T>(dataDir: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT')
      throw new Error(`there is no ${dataDir}; the server makes it when it starts first`, {
        cause: error,
      });
    if (code === 'EACCES' || code === 'EPERM')
      throw new Error(`${dataDir} is not yours; run this as the server's user, or as root`, {
        cause: error,
      });
    throw error;
  }
}
