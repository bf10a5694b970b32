/** `postino queue`: what waits to be delivered, for the operator to see and to change. */
import { isQueueId, type QueueId } from '@postino/queue';
import { InvalidArgumentError, type Command } from 'commander';
import { readTime } from '../config/values.ts';
import { MAX_IDS, type Selection } from '../control/queue-request.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { examples } from './terminal.ts';

export interface QueueOptions extends WithConfig {
  readonly json?: true;
}

interface FilterOptions extends QueueOptions {
  readonly held?: true;
  readonly recipient?: string;
  readonly sender?: string;
  readonly older?: number;
  readonly all?: true;
}

interface RemoveOptions extends FilterOptions {
  readonly bounce?: true;
  readonly yes?: true;
}

const WAYS = `
A running server does it, and without one the command itself; while it does, no server starts. Exit code 2: an id is not in the queue.`;

export function addQueue(program: Command): void {
  const queue = program.command('queue').description('the mail that waits to be delivered');
  addList(queue);
  addShow(queue);
  const { retry, hold, release } = CHANGES;
  addChange(queue, 'retry', retry);
  addChange(queue, 'hold', hold);
  addChange(queue, 'release', release);
  addRemove(queue);
}

const CHANGES = {
  retry: {
    about: 'try it now, whatever the rule of retries says; what is held stays held',
    lines: ['postino queue retry --recipient @example.org', 'postino queue retry --all'],
  },
  hold: {
    about: 'nothing of it is tried, and no sender is told, until it is released',
    lines: ['postino queue hold --sender news@example.org'],
  },
  release: {
    about: 'go on with what was held',
    lines: ['postino queue release --held --older 2h'],
  },
};

function addList(queue: Command): void {
  withFilters(queue.command('list'))
    .description('what waits, the oldest first')
    .argument('[id...]', 'these alone', collectIds)
    .addHelpText(
      'after',
      examples(
        'postino queue list',
        'postino queue list --held',
        'postino queue list --recipient @example.org --older 4h --json',
        "postino queue list --sender '<>'",
      ) + WAYS,
    )
    .action(async (ids: QueueId[], options: FilterOptions, command: Command) =>
      (await import('./run-queue.ts')).listQueue(selectionOf(ids, options, command), options),
    );
}

function addShow(queue: Command): void {
  queue
    .command('show')
    .description('all about a message: envelope, recipients, what happened, header')
    .argument('<id>', 'as list shows it', readId)
    .addOption(configOption())
    .option('--message', 'the message itself instead, octet for octet')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples(`postino queue show ${ID}`, `postino queue show --message ${ID} >letter.eml`) + WAYS,
    )
    .action(async (id: QueueId, options: QueueOptions & { message?: true }, command: Command) => {
      if (options.message && options.json)
        command.error('error: --message gives octets, which --json cannot hold; leave one out');
      const { showEntry, showMessage } = await import('./run-queue.ts');
      return options.message ? showMessage(id, options) : showEntry(id, options);
    });
}

function addChange(
  queue: Command,
  type: 'retry' | 'hold' | 'release',
  { about, lines }: { readonly about: string; readonly lines: readonly string[] },
): void {
  withFilters(queue.command(type))
    .summary(about)
    .description(`${about}. Give ids, filters, or --all`)
    .argument('[id...]', 'as list shows them', collectIds)
    .option('--all', 'all that waits')
    .addHelpText('after', examples(`postino queue ${type} ${ID}`, ...lines) + WAYS)
    .action(async (ids: QueueId[], options: FilterOptions, command: Command) => {
      const select = someOf(ids, options, command);
      return (await import('./run-queue.ts')).changeQueue({ type, select }, options);
    });
}

function addRemove(queue: Command): void {
  withFilters(queue.command('remove'))
    .summary('take messages out; nobody is told but with --bounce')
    .description(
      'Take messages out of the queue, for all their recipients. Without --bounce they are gone SILENTLY: neither sender ' +
        'nor recipient hears of it. What is being sent at this moment may still arrive. Give ids, filters, or --all',
    )
    .argument('[id...]', 'as list shows them', collectIds)
    .option('--all', 'all that waits')
    .option('--bounce', 'tell the senders, as with a failed delivery')
    .option('--yes', 'also where it is more than one message')
    .addHelpText(
      'after',
      examples(
        `postino queue remove ${ID}`,
        'postino queue remove --bounce --yes --recipient @gone.example',
      ) + WAYS,
    )
    .action(async (ids: QueueId[], options: RemoveOptions, command: Command) => {
      const select = someOf(ids, options, command);
      const { bounce = false, yes } = options;
      const request = { type: 'remove', select, bounce, ...(!yes && { atMost: 1 }) } as const;
      return (await import('./run-queue.ts')).changeQueue(request, options);
    });
}

const ID = '0mh3k2q9a0123456789abcdef0123';

function withFilters(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--held', 'what is held')
    .option('--recipient <text>', 'a part of the address of somebody who still waits for it')
    .option('--sender <text>', "a part of the sender's address; <> for reports")
    .option('--older <time>', 'what came so long ago, as 30m, 2h, 4d', readAge)
    .option('--json', 'for programs');
}

/** Those that fit all that is given; something must be given. */
function someOf(ids: readonly QueueId[], options: FilterOptions, command: Command): Selection {
  const select = selectionOf(ids, options, command);
  if (options.all || Object.values(select).some((filter) => filter !== undefined)) return select;
  return command.error('error: which messages? Give ids, filters, or --all');
}

function selectionOf(
  ids: readonly QueueId[],
  { held, recipient, sender, older, all }: FilterOptions,
  command: Command,
): Selection {
  const filters = { held, recipient, sender, older };
  if (ids.length > MAX_IDS)
    return command.error(`error: give at most ${MAX_IDS} ids, or filters instead`);
  if (ids.length === 0) return filters;
  if (all) return command.error('error: ids and --all do not go together');
  return { ...filters, ids };
}

function collectIds(text: string, before: readonly QueueId[] = []): readonly QueueId[] {
  return [...before, readId(text)];
}

function readId(text: string): QueueId {
  if (isQueueId(text)) return text;
  throw new InvalidArgumentError('This is no id; "postino queue list" shows them.');
}

function readAge(text: string): number {
  const age = readTime(text);
  if (age !== null) return age;
  throw new InvalidArgumentError('This is no time of at most 24 days; write it as 30m, 2h, 4d.');
}
