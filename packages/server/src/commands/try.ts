/** `postino try`: a server without any preparation, until a signal ends it. */
import type { Command } from 'commander';
import { untilSignal } from './serve.ts';

export function addTry(program: Command): void {
  program
    .command('try')
    .description(
      'run a server to try out, with users and a certificate of its own (as postino alone does)',
    )
    .action(() => untilSignal(async () => (await import('./try-out.ts')).startTryOut()));
}
