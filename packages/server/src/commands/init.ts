/** `postino init`: from nothing to a server that can be started, and the records to publish. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { readHostname, readRunAs, type RunAs } from '../config/values.ts';
import { loadConfig } from '../config/load-config.ts';
import { answersFrom, type Questions } from './ask.ts';
import { recordLines } from './dns.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { layFoundation } from './foundation.ts';
import { publishedFacts } from './published-facts.ts';
import { examples, print, styled } from './terminal.ts';

interface InitOptions extends WithAddresses {
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
    .action(init);
}

async function init(options: InitOptions): Promise<void> {
  const folder = resolve(options.folder);
  const { password, generated, ...answers } = await answer(options);
  const file = await layFoundation(folder, { ...answers, password, runAs: options.runAs ?? null });
  const facts = await publishedFacts(await loadConfig(file), options.ip ?? []);
  print(
    styled('bold', `The server is set up in ${folder}.`),
    ...(generated ? [`The password of ${answers.user} is ${password}`] : []),
    '',
    styled('bold', 'Publish these records:'),
    ...recordLines(facts),
    '',
    styled('bold', 'And then:'),
    `  postino serve --config ${file}`,
    `  postino check --config ${file}`,
  );
}

async function answer(options: InitOptions) {
  const isTty = process.stdin.isTTY && process.stdout.isTTY;
  const ask: Questions = answersFrom(isTty && !options.passwordStdin);
  const hostname =
    options.hostname ?? (await ask.text('The name of this host (mail.example.org)', readName));
  const domain =
    options.domain ??
    (await ask.text('The domain whose mail comes here', readName, parentOf(hostname)));
  const mail = options.mail ?? (await ask.text('Where the mailboxes lie', String, 'mail'));
  const user = options.user ?? (await ask.text('The first user', readUser, 'postmaster'));
  const given = options.passwordStdin
    ? await ask.passwordFromStdin()
    : await ask.password(`The password of ${user} (empty: one is made)`);
  const password = given || randomBytes(12).toString('base64url');
  return { hostname, domain, mail: join(mail, '{user}'), user, password, generated: given === '' };
}

/** `example.org` of `mail.example.org`; a name of two labels is a domain itself. */
function parentOf(hostname: string): string {
  const labels = hostname.split('.');
  return labels.length > 2 ? labels.slice(1).join('.') : hostname;
}

function readName(text: string): string {
  const name = readHostname(text);
  if (name === null || !name.includes('.'))
    throw new InvalidArgumentError('This is no domain name; write it as mail.example.org.');
  return name;
}

function readUser(text: string): string {
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
