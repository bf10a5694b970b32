/** The command as its user runs it: a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

const main = join(import.meta.dirname, '../src/main.ts');

export interface RunOptions {
  readonly cwd?: string;
  /** Of standard input; else it is empty. */
  readonly input?: string;
  /** Once this is in the output, `meanwhile` is done, and the command is told to end. */
  readonly until?: string;
  readonly meanwhile?: (out: string) => Promise<void>;
}

/** Runs the command to its end. */
export async function run(
  context: TestContext,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  const child = spawn(process.execPath, ['--conditions=@postino/source', main, ...args], {
    cwd: options.cwd,
  });
  context.after(() => child.kill('SIGKILL'));
  child.stdin.end(options.input ?? '');
  let [out, err, done] = ['', '', false];
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (options.until === undefined || done || !out.includes(options.until)) return;
    done = true;
    void Promise.resolve(options.meanwhile?.(out)).finally(() => child.kill('SIGTERM'));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { out, err, code };
}
