/**
 * The command line: all subcommands, what they take, and how mistakes in it are told. What a command does is loaded when
 * it is called, so that none waits for the whole server.
 */
import { Command } from 'commander';
import { version } from '../version.ts';
import { addCheck } from './check.ts';
import { addDkim } from './dkim.ts';
import { addDns } from './dns.ts';
import { addDnsbl } from './dnsbl.ts';
import { addInit } from './init.ts';
import { addQueue } from './queue.ts';
import { addRoute } from './route.ts';
import { addServe } from './serve.ts';
import { addSpf } from './spf.ts';
import { addTry } from './try.ts';
import { addUser } from './user.ts';
import { styled } from './terminal.ts';

const CODES = `
It ends in order on SIGTERM and SIGINT. Exit codes: 0 all is well, 1 it could not start or go on, 2 the answer is a bad
one, 64 the command line is wrong, 78 the configuration is wrong. "postino help COMMAND" shows examples.
`;

/** The whole command; a mistake in the arguments, and help, end as a `CommanderError`. Mistakes go to `complain`. */
export function postinoProgram(complain: (text: string) => void): Command {
  const program = new Command('postino')
    .description('A mail server: SMTP in, Maildir, POP3 out.')
    .version(`postino ${version()}`, '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this')
    .exitOverride()
    .configureHelp({ styleTitle: (text) => styled('bold', text) })
    .configureOutput({
      outputError: (text) => complain(text.replace(/^error: /, 'postino: ')),
    })
    .addHelpText('after', CODES);
  for (const add of COMMANDS) add(program);
  return program;
}

const COMMANDS: readonly ((program: Command) => void)[] = [
  addInit,
  addServe,
  addTry,
  addCheck,
  addUser,
  addQueue,
  addRoute,
  addDns,
  addDkim,
  addSpf,
  addDnsbl,
];
