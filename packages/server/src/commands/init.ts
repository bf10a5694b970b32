/** `postino init`: from nothing to a server that can be started, and the records to publish. */
import { InvalidArgumentError, type Command } from 'commander';
import { readHostname, readRunAs, type RunAs } from '../config/values.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { examples } from './terminal.ts';

export interface InitOptions extends WithAddresses {
  readonly folder: string;
  readonly hostname?: string;
  readonly domain?: string;
  readonly mail?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly runAs?: RunAs;
}

export function addInit(program: Command): void {
  program
    .command('init')
    .description('write a configuration, keys and a first user, and print the DNS records')
    .option('--folder <folder>', 'where the files go', '.')
    .option('--hostname <name>', 'the name of this host, as mail.example.org', readName)
    .option('--domain <domain>', 'the domain whose mail comes here, as example.org', readName)
    .option('--mail <folder>', 'where the mailboxes lie; the folder "mail" unless given')
    .option('--user <name>', 'the first user, who gets the mail for the postmaster', readUser)
    .option('--password-stdin', 'read the password of that user from standard input')
    .option('--run-as <user:group>', 'whom the server becomes when root starts it', readOwner)
    .addOption(ipOption())
    .addHelpText(
      'after',
      `
What is not given is asked for on a terminal. Nothing that is there is written over.
${examples('postino init', 'postino init --hostname mail.example.org --domain example.org --user ann --ip 192.0.2.25')}`,
    )
    .action(async (options: InitOptions) => (await import('./run-init.ts')).runInit(options));
}

/** A domain name of two labels or more. */
export function readName(text: string): string {
  const name = readHostname(text);
  if (name === null || !name.includes('.'))
    throw new InvalidArgumentError('This is no domain name; write it as mail.example.org.');
  return name;
}

/** A name that may stand for a user. */
export function readUser(text: string): string {
  if (!/^[a-z0-9_@-][a-z0-9._@-]*$/.test(text))
    throw new InvalidArgumentError(
      'The name of a user is made of a-z, 0-9 and ._@-, and begins with no dot.',
    );
  return text;
}

function readOwner(text: string): RunAs {
  const owner = readRunAs(text);
  if (owner === null) throw new InvalidArgumentError('Write a user and a group, as mail:mail.');
  return owner;
}
