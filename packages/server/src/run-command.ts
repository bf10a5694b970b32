/** The `postino` command: from arguments to an exit code. */
import { CommanderError } from 'commander';
import { postinoProgram } from './commands/program.ts';
import { ConfigError } from './config/config-error.ts';
import { messageOf } from './fault.ts';

/** Of sysexits.h: a service manager can tell that to start again would not help. */
const EX_USAGE = 64;
const EX_CONFIG = 78;

/** Runs a command to its end; gives the exit code. What went wrong goes to `complain`, standard error unless given. */
export async function runCommand(
  args: readonly string[],
  complain: (text: string) => void = (text) => void process.stderr.write(text),
): Promise<number> {
  try {
    await postinoProgram(complain).parseAsync(whole(args), { from: 'user' });
    return 0;
  } catch (error) {
    // It has said what is wrong; help and version are no mistakes.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EX_USAGE;
    complain(`postino: ${messageOf(error).replaceAll('\n', '\npostino: ')}\n`);
    return error instanceof ConfigError ? EX_CONFIG : 1;
  }
}

/** Nothing means to try it out, and a configuration alone to serve. */
function whole(args: readonly string[]): string[] {
  const [first] = args;
  if (first === undefined) return ['try'];
  return /^(?:-c|--config(?:=.*)?)$/.test(first) ? ['serve', ...args] : [...args];
}
