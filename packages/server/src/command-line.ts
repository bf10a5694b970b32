/** The command line as a value. */
import { parseArgs } from 'node:util';
import { codeOf, messageOf } from './fault.ts';
import { nearest } from './did-you-mean.ts';
import type { KeygenOptions } from './dkim-keygen.ts';

export type Command =
  | { readonly type: 'serve'; readonly config: string }
  | { readonly type: 'tryOut' }
  | ({ readonly type: 'keygen' } & KeygenOptions)
  | { readonly type: 'help' }
  | { readonly type: 'version' };

/** What was written is no command; the message says what would be one. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP: string = `postino: a mail server. SMTP in, Maildir, POP3 out.

  postino serve --config FILE   run the server that FILE describes
  postino                       run a server to try out, with users and a certificate of its own
  postino dkim keygen --domain DOMAIN --key FILE [--selector NAME] [--algorithm rsa|ed25519]
                                make a key to sign with: writes FILE, prints the record for the DNS
  postino --help                show this
  postino --version             show the version

It ends in order on SIGTERM and SIGINT. Exit codes: 0 all is well, 1 the server could not start or go on,
64 the command line is wrong, 78 the configuration is wrong.
`;

const OPTIONS = {
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  domain: { type: 'string' },
  key: { type: 'string' },
  selector: { type: 'string' },
  algorithm: { type: 'string' },
} as const;

const OPTION_NAMES = Object.keys(OPTIONS).map((name) => `--${name}`);

/** Reads the arguments behind the program's name; throws a `UsageError`. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [command, ...words] = positionals;
  if (values.help) return { type: 'help' };
  if (values.version) return { type: 'version' };
  if (command === 'dkim') return parseKeygen(values, words);
  if (command !== undefined && command !== 'serve')
    throw unknown('command', command, ['serve', 'dkim']);
  for (const name of ['domain', 'key', 'selector', 'algorithm'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name} is for: postino dkim keygen`);
  const [extra] = words;
  if (extra !== undefined)
    throw new UsageError(`"${extra}" is one word too many; write: postino serve --config ${extra}`);
  if (values.config) return { type: 'serve', config: values.config };
  if (command === 'serve')
    throw new UsageError('serve needs a configuration; write: postino serve --config FILE');
  return { type: 'tryOut' };
}

function parseKeygen(
  { domain, key, selector = 'dkim', algorithm = 'rsa' }: ParsedArguments['values'],
  words: readonly string[],
): Command {
  if (words.join(' ') !== 'keygen' || !domain || !key)
    throw new UsageError('write: postino dkim keygen --domain DOMAIN --key FILE');
  if (algorithm !== 'rsa' && algorithm !== 'ed25519')
    throw new UsageError(`there is no algorithm "${algorithm}"; write rsa or ed25519`);
  return { type: 'keygen', domain, key, selector, algorithm };
}

function parse(args: readonly string[]): ParsedArguments {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [text = ''] = messageOf(error).split('\n');
    if (codeOf(error) !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new UsageError(`${text}; postino --help shows how it is written`, { cause: error });
    const [, option = ''] = /'(.*?)'/.exec(text) ?? [];
    throw unknown('option', option, OPTION_NAMES);
  }
}

type ParsedArguments = ReturnType<
  typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>
>;

function unknown(kind: string, given: string, known: readonly string[]): UsageError {
  const meant = nearest(given, known);
  const advice = meant ? `did you mean "${meant}"?` : 'postino --help shows what there is';
  return new UsageError(`there is no ${kind} "${given}"; ${advice}`);
}
