/** `postino queue`: the same answers from a running server and from the folder itself. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkConfig, type Config } from '@postino/server';
import { FileQueue, newQueueId, type QueueEntry, type QueueId } from '@postino/queue';
import { askQueue } from '../src/control/ask-queue.ts';
import type { QueueAnswer } from '../src/control/queue-answer.ts';
import type { QueueRequest, Selection } from '../src/control/queue-request.ts';
import { runCommand } from '../src/run-command.ts';
import { Internet, until } from './internet.ts';
import { run } from './run.ts';
import { makeFolder, settings, type Site } from './site.ts';

const HOUR = 3_600_000;
const LETTER = 'From: ale@poul.org\r\nSubject: ciao\r\n\r\nHi.\r\n';
const BUSY = { code: 451, status: '4.7.1', text: 'Try later' } as const;

/** Messages that wait for hosts which are not there, and one that is held. */
interface Filled {
  readonly folder: string;
  readonly config: Config;
  readonly ids: readonly [toBob: QueueId, held: QueueId, report: QueueId];
}

async function filled(context: TestContext): Promise<Filled> {
  const folder = makeFolder(context);
  const config = checkConfig(settings(), { folder });
  const now = Date.now();
  const queue = await FileQueue.open(join(config.data_dir, 'queue'), { now: () => now - 2 * HOUR });
  const commit = async (from: string, to: string[]): Promise<QueueId> => {
    const id = await queue.commit(
      { from: path(from), to: to.map((address) => ({ address: path(address) })) },
      Buffer.from(LETTER),
      { id: newQueueId(now - 2 * HOUR) },
    );
    const later = to.map((_, recipient) => {
      return {
        recipient,
        status: 'deferred',
        next: now + 1.5 * HOUR,
        reply: BUSY,
        host: 'mx',
      } as const;
    });
    await queue.record(id, later);
    return id;
  };
  const toBob = await commit('ale@poul.org', ['bob@b.example', 'eve@e.example']);
  const held = await commit('Bino@poul.org', ['bob@b.example']);
  const report = await commit('', ['ann@a.example']);
  await queue.hold(held);
  return { folder, config, ids: [toBob, held, report] };
}

function path(address: string): { localPart: string; domain: string } {
  const [localPart = '', domain = ''] = address.split('@');
  return { localPart, domain };
}

function done(id: QueueId): QueueAnswer {
  return { type: 'done', id };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

async function ask(config: Config, request: QueueRequest): Promise<QueueAnswer[]> {
  const answers: QueueAnswer[] = [];
  for await (const answer of askQueue(config, request)) answers.push(answer);
  return answers;
}

async function entries(config: Config, select: Selection = {}): Promise<QueueEntry[]> {
  const answers = await ask(config, { type: 'list', select });
  return answers.flatMap((answer) => (answer.type === 'entry' ? [answer.entry] : []));
}

async function idsOf(config: Config, select: Selection): Promise<QueueId[]> {
  return (await entries(config, select)).map(({ id }) => id);
}

const SELECTIONS: readonly (readonly [Selection, indexes: readonly number[]])[] = [
  [{}, [0, 1, 2]],
  [{ held: true }, [1]],
  [{ recipient: 'BOB@b' }, [0, 1]],
  [{ recipient: '@e.example>' }, [0]],
  [{ sender: '<bino@' }, [1]],
  [{ sender: '<>' }, [2]],
  [{ older: HOUR }, [0, 1, 2]],
  [{ older: 3 * HOUR }, []],
  [{ held: true, recipient: '@e.example' }, []],
];

for (const how of ['running', 'standing still']) {
  /** The queue as the server has it, or as the command opens it. */
  const prepared = async (
    context: TestContext,
  ): Promise<Filled & { internet: Internet; site?: Site }> => {
    const internet = new Internet(context);
    internet.port = 1;
    const all = await filled(context);
    if (how !== 'running') return { ...all, internet };
    return { ...all, internet, site: await internet.site({}, {}, all.folder) };
  };

  test(`${how}: what is listed is what is selected`, async (context) => {
    const { config, ids } = await prepared(context);
    for (const [select, indexes] of SELECTIONS) {
      const wanted = indexes.map((index) => ids[index]!).toSorted(byText);
      assert.deepEqual(await idsOf(config, select), wanted, JSON.stringify(select));
    }
    const unknown = newQueueId();
    assert.deepEqual(await ask(config, { type: 'list', select: { ids: [unknown, ids[0]] } }), [
      { type: 'missing', id: unknown },
      { type: 'entry', entry: (await entries(config, { ids: [ids[0]] }))[0] },
    ]);
  });

  test(`${how}: a message is shown, with what happened to it, and its octets`, async (context) => {
    const { config, ids } = await prepared(context);
    const [id] = ids;
    const [shown] = await ask(config, { type: 'show', id });
    assert.ok(shown?.type === 'shown');
    assert.deepEqual(shown.entry, (await entries(config, { ids: [id] }))[0]);
    assert.deepEqual(
      shown.history.map(({ type }) => type),
      ['accepted', 'outcomes'],
    );
    assert.equal(shown.header, 'From: ale@poul.org\r\nSubject: ciao\r\n\r\n');
    const content = await ask(config, { type: 'message', id });
    const text = content.map((one) => (one.type === 'content' ? one.base64 : '?')).join('');
    assert.equal(Buffer.from(text, 'base64').toString(), LETTER);
    const unknown = newQueueId();
    for (const type of ['show', 'message'] as const)
      assert.deepEqual(await ask(config, { type, id: unknown }), [
        { type: 'missing', id: unknown },
      ]);
  });

  test(`${how}: held and released, and removed when that is meant`, async (context) => {
    const { config, ids } = await prepared(context);
    const [toBob, held, report] = ids;
    const hold = { type: 'hold', select: { ids: [toBob] } } as const;
    assert.deepEqual(await ask(config, hold), [done(toBob)]);
    assert.deepEqual(await ask(config, hold), [done(toBob)], 'again');
    assert.deepEqual(
      await ask(config, { type: 'release', select: { held: true } }),
      [toBob, held].toSorted(byText).map(done),
    );
    assert.deepEqual(await idsOf(config, { held: true }), []);
    const remove = { type: 'remove', select: {}, bounce: false } as const;
    assert.deepEqual(await ask(config, { ...remove, atMost: 1 }), [
      { type: 'refused', reason: '3 messages would go; if so, add --yes' },
    ]);
    const one = { ...remove, select: { ids: [report] }, atMost: 1 };
    assert.deepEqual(await ask(config, one), [done(report)]);
    assert.deepEqual(await ask(config, one), [{ type: 'missing', id: report }]);
    assert.equal((await entries(config)).length, 2);
    await ask(config, remove);
    assert.deepEqual(await entries(config), []);
  });

  test(`${how}: who sent what is removed is told, but not the sender of a report`, async (context) => {
    const { config, ids, folder, internet, site } = await prepared(context);
    const [toBob, , report] = ids;
    const remove = { type: 'remove', bounce: true } as const;
    const [told] = await ask(config, { ...remove, select: { ids: [toBob] } });
    assert.ok(told?.type === 'done' && told.report);
    assert.deepEqual(await ask(config, { ...remove, select: { ids: [report] } }), [
      { type: 'done', id: report },
    ]);
    const server = site ?? (await internet.site({}, {}, folder));
    await until('the report has come', () => server.mailbox('ale').length === 1);
    const [text = ''] = server.mailbox('ale');
    assert.match(text, /^Final-Recipient: rfc822; ?bob@b\.example$/m);
    assert.match(text, /^Final-Recipient: rfc822; ?eve@e\.example$/m);
    assert.match(text, /Removed by the postmaster/);
  });
}

test('running: what is retried is tried at once, and what is released too', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('b.example', '127.0.0.2');
  const { config, ids, folder } = await filled(context);
  const [toBob, held] = ids;
  await internet.site({}, {}, folder);
  assert.deepEqual(letters, []);
  await ask(config, { type: 'retry', select: { ids: [toBob, held] } });
  await until('bob has his letter', () => letters.length === 1);
  await ask(config, { type: 'release', select: { held: true } });
  await until('bob has the other one', () => letters.length === 2);
  assert.deepEqual(letters.map(({ from }) => from).toSorted(byText), [
    '<Bino@poul.org>',
    '<ale@poul.org>',
  ]);
});

test('the command: lines and JSON, what is missing, and what it takes to remove many', async (context) => {
  const { folder, ids } = await filled(context);
  const file = join(folder, 'postino.toml');
  writeFileSync(file, 'hostname = "poul.org"\ndata_dir = "data"\n');
  const queue = (...args: string[]) => run(context, ['queue', ...args, '--config', file]);
  const list = await queue('list');
  assert.equal(list.err, '');
  const [toBob] = ids;
  assert.ok(
    list.out.includes(
      `  2h     42B  ${toBob}  <ale@poul.org>\n` +
        '        <bob@b.example>  deferred, tried once, next in 1h; mx: 451 4.7.1 Try later\n' +
        '        <eve@e.example>  deferred, tried once, next in 1h; mx: 451 4.7.1 Try later\n',
    ),
    list.out,
  );
  assert.match(list.out, /\n3 messages, 126B, 1 held, the oldest came 2h ago\n$/);
  const shown = await queue('show', toBob);
  assert.match(
    shown.out,
    /^history\n {2}\S+Z {2}accepted\n {2}\S+Z {2}<bob@b\.example> {2}deferred;/m,
  );
  assert.match(shown.out, /^header\n {2}From: ale@poul\.org\n {2}Subject: ciao\n$/m);
  assert.equal((await queue('show', '--message', toBob)).out, LETTER);

  const many = await queue('remove', '--all');
  assert.deepEqual(
    [many.code, many.out, many.err],
    [1, '', 'postino: 3 messages would go; if so, add --yes\n'],
  );
  const removed = await queue('remove', toBob, '--json');
  assert.deepEqual([removed.code, JSON.parse(removed.out)], [0, [{ id: toBob }]]);
  const gone = await queue('retry', toBob);
  assert.deepEqual(
    [gone.code, gone.out, gone.err],
    [2, '0 messages\n', `postino: ${toBob} is not in the queue\n`],
  );
});

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['hold'], /^postino: which messages\? Give ids, filters, or --all\n$/],
  [['remove', '--json'], /^postino: which messages\? /],
  [
    ['retry', 'x'],
    /'x' is invalid for argument 'id'\. This is no id; "postino queue list" shows them\.\n$/,
  ],
  [
    ['list', '--older', '2 days'],
    /This is no time of at most 24 days; write it as 30m, 2h, 4d\.\n$/,
  ],
  [['hold', '--all', newQueueId()], /^postino: ids and --all do not go together\n$/],
  [['show', '--json', '--message', newQueueId()], /^postino: --message gives octets, /],
  [['delete'], /^postino: unknown command 'delete'/],
];
for (const [args, says] of WRONG)
  test(`postino queue ${args[0]}: the mistake is named`, async () => {
    let told = '';
    assert.equal(await runCommand(['queue', ...args], (text) => (told += text)), 64);
    assert.match(told, says);
  });
