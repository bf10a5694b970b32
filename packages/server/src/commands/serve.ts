/** `postino serve`: the server, until a signal ends it. */
import type { Command } from 'commander';
import type { RunningServer } from '../server.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { examples } from './terminal.ts';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the server that the configuration describes')
    .addOption(configOption())
    .addHelpText('after', examples('postino serve --config /etc/postino/postino.toml'))
    .action(({ config }: WithConfig) => untilSignal(() => start(config)));
}

async function start(file: string): Promise<RunningServer> {
  const { loadConfig } = await import('../config/load-config.ts');
  const { startServer } = await import('../server.ts');
  return startServer(await loadConfig(file));
}

/** Resolves when the server has ended after SIGTERM or SIGINT; a second signal ends it at once. */
export async function untilSignal(start: () => Promise<RunningServer>): Promise<void> {
  // Listened for from the beginning: a signal may come as soon as the server says that it is ready.
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const server = await start();
  await stop;
  await server.close();
}
