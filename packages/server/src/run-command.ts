/** The `postino` command: from arguments to an exit code. */
import { HELP, parseCommandLine, UsageError, type Command } from './command-line.ts';
import { ConfigError } from './config/config-error.ts';
import { loadConfig } from './config/load-config.ts';
import { dkimKeygen } from './dkim-keygen.ts';
import { messageOf } from './fault.ts';
import { startServer, type RunningServer } from './server.ts';
import { startTryOut } from './try-out.ts';
import { version } from './version.ts';

/** Of sysexits.h: a service manager can tell that to start again would not help. */
const EX_USAGE = 64;
const EX_CONFIG = 78;

/** Runs a command to its end; gives the exit code. What went wrong is said on standard error. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await carryOut(parseCommandLine(args));
    return 0;
  } catch (error) {
    process.stderr.write(`postino: ${messageOf(error).replaceAll('\n', '\npostino: ')}\n`);
    if (error instanceof UsageError) return EX_USAGE;
    return error instanceof ConfigError ? EX_CONFIG : 1;
  }
}

async function carryOut(command: Command): Promise<void> {
  switch (command.type) {
    case 'help':
      process.stdout.write(HELP);
      return;
    case 'version':
      process.stdout.write(`postino ${version()}\n`);
      return;
    case 'keygen':
      process.stdout.write(await dkimKeygen(command));
      return;
    case 'serve':
      return runServer(async () => startServer(await loadConfig(command.config)));
    case 'tryOut':
      return runServer(() => startTryOut());
  }
}

/** Resolves when the server has ended after SIGTERM or SIGINT; a second signal ends it at once. */
async function runServer(start: () => Promise<RunningServer>): Promise<void> {
  // Listened for from the beginning: a signal may come as soon as the server says that it is ready.
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const server = await start();
  await stop;
  await server.close();
}
