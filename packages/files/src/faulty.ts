/** For tests: files with a fault between. At one call there is an error, or the end of the process. */
import { nodeFiles } from './node-files.ts';
import type { Files, OpenFile } from './types.ts';

export interface Fault {
  /** The call that goes wrong, from 1; none where it is 0. */
  readonly at: number;
  /** An error code of the system; `crash`: the call does half its work, and it and all later ones reject. */
  readonly how: string;
}

/** One call, by the name of its method; `path`: the file that it is about, the source of a rename. */
export interface FileCall {
  readonly name: string;
  readonly path: string;
}

export interface FaultyFiles {
  readonly files: Files;
  /** The calls since the last `arm`. */
  readonly calls: FileCall[];
  /** Calls are counted from here; without a fault they are only recorded. */
  readonly arm: (fault?: Fault) => void;
}

/** Files that pass each call on to `real`, until the one that was armed; syncs are only recorded. */
export function faultyFiles(real: Files = nodeFiles): FaultyFiles {
  const calls: FileCall[] = [];
  let fault: Fault = NO_FAULT;
  const step: Step = async (call, act, half) => {
    calls.push(call);
    const dead = fault.how === 'crash' && fault.at > 0 && calls.length > fault.at;
    if (calls.length !== fault.at && !dead) return act();
    if (!dead) await half?.();
    throw Object.assign(new Error(`${fault.how} at ${call.name}`), { code: fault.how });
  };
  return {
    files: stepping(real, step),
    calls,
    arm(next = NO_FAULT) {
      fault = next;
      calls.length = 0;
    },
  };
}

const NO_FAULT: Fault = { at: 0, how: 'none' };

/** Does what a call does, unless it is the one that fails; `half` is what a failing call still does. */
type Step = <T>(call: FileCall, act: () => Promise<T>, half?: () => Promise<T>) => Promise<T>;

function stepping(real: Files, step: Step): Files {
  return {
    open: (path, flags, mode) =>
      step({ name: 'open', path }, async () =>
        steppingFile(await real.open(path, flags, mode), path, step),
      ),
    mkdir: (path, mode) => step({ name: 'mkdir', path }, () => real.mkdir(path, mode)),
    lstat: (path) => step({ name: 'lstat', path }, () => real.lstat(path)),
    list: (path) => step({ name: 'list', path }, () => real.list(path)),
    folders: (path) => step({ name: 'folders', path }, () => real.folders(path)),
    rename: (from, to) => step({ name: 'rename', path: from }, () => real.rename(from, to)),
    unlink: (path) => step({ name: 'unlink', path }, () => real.unlink(path)),
  };
}

function steppingFile(file: OpenFile, path: string, step: Step): OpenFile {
  return {
    write: (bytes) =>
      step(
        { name: 'write', path },
        () => file.write(bytes),
        () => file.write(bytes.subarray(0, bytes.length >> 1)),
      ),
    read: (into, position) => step({ name: 'read', path }, () => file.read(into, position)),
    truncate: (size) => step({ name: 'truncate', path }, () => file.truncate(size)),
    chmod: (mode) => step({ name: 'chmod', path }, () => file.chmod(mode)),
    // A process that dies loses nothing that it wrote: a real sync would only cost time.
    sync: () => step({ name: 'sync', path }, () => Promise.resolve()),
    // The descriptor goes back in any case, or the test runs out of them.
    async close() {
      await file.close();
      await step({ name: 'close', path }, () => Promise.resolve());
    },
  };
}
