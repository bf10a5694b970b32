/** `postino user`: the users of the passwd file. What stands there besides stays as it is. */
import { domainToAscii } from '@postino/address';
import { hashPassword, isNewScheme, NEW_SCHEMES, PasswdEditor } from '@postino/passwd-md5';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { askHidden, passwordFromStdin } from './ask.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { examples, print, printable, printJson } from './terminal.ts';

interface WithDomain extends WithConfig {
  readonly domain?: string;
}

interface PasswordOptions extends WithDomain {
  readonly scheme: string;
}

export function addUser(program: Command): void {
  const user = program.command('user').description('the users of the passwd file');
  const change = (name: string, about: string): Command =>
    user
      .command(name)
      .description(about)
      .addOption(configOption())
      .option('--domain <name>', 'one that has users of its own');
  withPassword(change('add', 'add a user'))
    .addHelpText(
      'after',
      examples(
        'postino user add ann',
        'postino user add ann --domain example.net',
        'pass show ann | postino user add ann',
      ),
    )
    .action(add);
  withPassword(change('passwd', 'give a user another password'))
    .addHelpText('after', examples('postino user passwd ann'))
    .action(passwd);
  change('remove', 'remove a user; the mailbox stays')
    .argument('<name>')
    .addHelpText('after', examples('postino user remove ann'))
    .action(remove);
  change('list', 'list the users, and how their passwords are kept')
    .option('--json', 'for programs')
    .addHelpText('after', examples('postino user list --json'))
    .action(list);
}

function withPassword(command: Command): Command {
  const scheme = new Option('--scheme <name>', 'how the password is kept').default('CRYPT');
  return command
    .argument('<name>')
    .addOption(scheme.choices(NEW_SCHEMES))
    .summary(command.description())
    .description(
      `${command.description()}; the password is asked for, or is the first line of standard input`,
    );
}

async function add(name: string, options: PasswordOptions): Promise<void> {
  const editor = await editorOf(options);
  if (!(await editor.add(name, await newHash(name, options))))
    throw new Error(`there is a user ${name} already; write: postino user passwd ${name}`);
  print(`${name} is a user now.`);
}

async function passwd(name: string, options: PasswordOptions): Promise<void> {
  const editor = await editorOf(options);
  if (!(await editor.change(name, await newHash(name, options)))) throw unknown(name);
  print(`${name} has a new password.`);
}

async function remove(name: string, options: WithDomain): Promise<void> {
  const editor = await editorOf(options);
  if (!(await editor.remove(name))) throw unknown(name);
  print(`${name} is no user any more; the mailbox is where it was.`);
}

async function list({ json, ...options }: WithDomain & { readonly json?: boolean }): Promise<void> {
  const users = await (await editorOf(options)).list();
  if (json) return printJson(users);
  const width = Math.max(0, ...users.map(({ user }) => user.length));
  print(
    ...users.map(({ user, scheme, fault }) =>
      printable(`${user.padEnd(width)}  ${fault ?? scheme}`),
    ),
  );
}

async function editorOf({ config: file, domain }: WithDomain): Promise<PasswdEditor> {
  const { loadConfig } = await import('../config/load-config.ts');
  const { users, domains } = await loadConfig(file);
  if (domain === undefined) return new PasswdEditor(users.passwd);
  const own = domains.find((one) => one.domain === domainToAscii(domain));
  if (own && own.passwd !== null) return new PasswdEditor(own.passwd);
  const advice = own ? 'leave --domain out' : `give [domains."${domain}"] in ${file}`;
  throw new Error(`${domain} has no users of its own; ${advice}`);
}

function unknown(name: string): Error {
  return new Error(`there is no user ${name}; postino user list shows them`);
}

async function newHash(name: string, { scheme }: PasswordOptions): Promise<string> {
  if (!isNewScheme(scheme)) throw new InvalidArgumentError(`There is no scheme ${scheme}.`);
  const password = process.stdin.isTTY
    ? await askHidden(`The password of ${name}`)
    : await passwordFromStdin();
  return hashPassword(password, scheme);
}
