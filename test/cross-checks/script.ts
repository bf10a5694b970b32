/** Programs of others, run by a script of ours once for a whole batch: JSON on its input, JSON on its output. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A script, and the command that shows whether what it needs is there. */
export interface Script {
  readonly interpreter: string;
  readonly file: string;
  readonly probe: readonly string[];
}

/** Whether a script can run. */
export function isThere({ interpreter, probe }: Script): boolean {
  return spawnSync(interpreter, probe, { stdio: 'ignore' }).status === 0;
}

/** Runs a script to its end. */
export function run<T>({ interpreter, file }: Script, input: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const path = join(import.meta.dirname, 'programs', file);
    const options = { timeout: 120_000, maxBuffer: 64 << 20 };
    const child = execFile(interpreter, [path], options, (error, out, complaints) => {
      if (error) reject(new Error(`${file}: ${complaints}`, { cause: error }));
      else resolve(JSON.parse(out) as T);
    });
    child.stdin!.end(JSON.stringify(input));
  });
}
