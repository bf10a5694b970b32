/** The real files with a fault between: at one call an error, or the end of the process. */
import { nodeFiles, type Files, type OpenFile } from '@postino/queue';

export interface Fault {
  /** The call that goes wrong, from 1. */
  readonly at: number;
  /** An error code of the system; `crash`: this call does half its work, and it and all later ones never return well. */
  readonly how: string;
}

export interface FaultyFiles {
  readonly files: Files;
  /** The calls since the last `arm`, by name. */
  readonly calls: string[];
  /** Calls are counted from here. */
  readonly arm: (fault: Fault) => void;
}

export function faultyFiles(real: Files = nodeFiles): FaultyFiles {
  const calls: string[] = [];
  let fault: Fault = { at: 0, how: 'none' };
  async function step<T>(name: string, act: () => Promise<T>, half?: () => Promise<T>): Promise<T> {
    calls.push(name);
    const dead = fault.how === 'crash' && calls.length > fault.at;
    if (calls.length !== fault.at && !dead) return act();
    if (!dead) await half?.();
    throw Object.assign(new Error(`${fault.how} at ${name}`), { code: fault.how });
  }
  const wrap = (file: OpenFile): OpenFile => ({
    write: (bytes) =>
      step(
        'write',
        () => file.write(bytes),
        () => file.write(bytes.subarray(0, bytes.length >> 1)),
      ),
    read: (into, position) => step('read', () => file.read(into, position)),
    sync: () => step('sync', () => file.sync()),
    // The descriptor goes back in any case, or the test runs out of them.
    async close() {
      await file.close();
      await step('close', () => Promise.resolve());
    },
  });
  const files: Files = {
    open: (path, flags) => step('open', async () => wrap(await real.open(path, flags))),
    mkdir: (path) => step('mkdir', () => real.mkdir(path)),
    list: (path) => step('list', () => real.list(path)),
    rename: (from, to) => step('rename', () => real.rename(from, to)),
    unlink: (path) => step('unlink', () => real.unlink(path)),
  };
  return {
    files,
    calls,
    arm(next) {
      fault = next;
      calls.length = 0;
    },
  };
}
