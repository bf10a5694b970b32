/** Whatever the host at the other end does, the message waits, arrives once that host is well, and delays no other. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Internet, until } from './internet.ts';
import type { Site } from './site.ts';
import { TestClock } from './test-clock.ts';

const MINUTE = 60_000;
const MESSAGE = 'From: ale@poul.org\r\nSubject: ciao\r\n\r\nHi';
const BOB = 'bob@strange.example';

/** What a host says to each command, `.` for the end of the content; a function does what it likes. */
type Script = Readonly<Record<string, string | ((socket: Socket) => void)>>;

const WELL: Script = {
  connect: '220 mx.strange.example\r\n',
  EHLO: '250 mx.strange.example\r\n',
  MAIL: '250 OK\r\n',
  RCPT: '250 OK\r\n',
  DATA: '354 Go on\r\n',
  '.': '250 OK\r\n',
  QUIT: '221 Bye\r\n',
};
const drop = (socket: Socket): void => void socket.destroy();

/** Writes this again and again, as fast as it is taken. */
function forever(text: string): (socket: Socket) => void {
  const write = (socket: Socket): void => {
    while (!socket.destroyed && socket.write(text));
    socket.once('drain', () => write(socket));
  };
  return write;
}

/** A host that is well but for this; what was said to it goes to `heard`. */
function host(script: Script, heard: string[] = []): (socket: Socket) => void {
  const answers = { ...WELL, ...script };
  return (socket) => {
    const answer = (command: string): void => {
      const does = answers[command] ?? '500 What?\r\n';
      if (typeof does !== 'string') does(socket);
      else if (socket.writable) socket.write(does);
    };
    let inContent = false;
    const hear = (line: string): void => {
      heard.push(line);
      if (inContent && line !== '.') return;
      const [verb = ''] = line.split(/[ :]/);
      inContent = verb === 'DATA';
      answer(verb);
    };
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString('latin1')).split('\r\n');
      text = lines.pop()!;
      for (const line of lines) hear(line);
    });
    answer('connect');
  };
}

const STRANGE: readonly (readonly [what: string, script: Script])[] = [
  ['closes before the greeting', { connect: drop }],
  ['is too busy', { connect: '421 too busy\r\n' }],
  ['has a greeting without end', { connect: forever(`220-${'x'.repeat(500)}\r\n`) }],
  ['hostile 22: has a reply without end', { EHLO: forever('250-SOMETHING\r\n') }],
  ['hostile 22: has a line without end', { EHLO: forever('x'.repeat(50_000)) }],
  [
    'hostile 22: answers before it is asked',
    { connect: `220 mx\r\n250 mx\r\n250 OK\r\n250 OK\r\n354 go\r\n250 OK\r\n` },
  ],
  ['is no SMTP', { connect: 'HTTP/1.1 400 Bad Request\r\n\r\n' }],
  ['says 2x0', { RCPT: '2x0 OK\r\n' }],
  ['says 250 without a blank', { MAIL: '250OK\r\n' }],
  ['closes after MAIL', { MAIL: drop }],
  ['closes instead of 354', { DATA: drop }],
  [
    'closes in the middle of the content',
    { DATA: (to) => to.write('354\r\n', () => to.destroy()) },
  ],
  ['closes behind the final dot', { '.': drop }],
  ['says 250 in place of 354', { DATA: '250 OK\r\n' }],
  ['says 354 to the content', { '.': '354 Go on\r\n' }],
  ['has no room', { RCPT: '452 4.2.2 full\r\n' }],
  ['puts the content off', { '.': '451 4.7.1 greylisted\r\n' }],
];

/** What became of a recipient, in order. */
function story({ log }: Site, to: string): unknown[] {
  return log.filter((line) => line['to'] === `<${to}>`).map(({ msg }) => msg);
}

for (const [what, script] of STRANGE) {
  test(`a host that ${what}`.replace(/^(a host that )(hostile \d+: )/, '$2$1'), async (context) => {
    const internet = new Internet(context);
    const living = await internet.host('one.example', '127.0.0.2');
    const strange = await internet.strangeHost('strange.example', '127.0.0.3', host(script));
    const clock = new TestClock();
    const site = await internet.site({}, { clock });
    const talk = await site.smtp();
    await talk.login('ale');
    const to = [BOB, 'ann@one.example'];
    assert.match(await talk.submit('ale@poul.org', to, MESSAGE), /^250 /);
    await until('the living has it', () => living.length === 1);
    await until('the other is put off', () => story(site, BOB).length === 1);
    assert.deepEqual(story(site, BOB), ['deferred']);
    await strange.close();
    const well = await internet.host('strange.example', '127.0.0.3');
    clock.pass(20 * MINUTE);
    await until('it arrived', () => story(site, BOB).length === 2);
    assert.deepEqual(story(site, BOB), ['deferred', 'delivered']);
    assert.deepEqual([living.length, well.length], [1, 1]);
    assert.equal(site.mailbox('ale').length, 0);
  });
}

const TAKEN: readonly (readonly [what: string, script: Script])[] = [
  ['says 250 and closes', { '.': (to) => to.end('250 OK\r\n') }],
  ['has codes of its own', { MAIL: '299 why not\r\n', '.': '255 mine\r\n' }],
  [
    'says an octet at a time',
    {
      EHLO: (to) => {
        const rest = '250-mx.strange.example\r\n250 SIZE\r\n'.split('');
        const next = (): void => {
          const octet = rest.shift();
          if (octet !== undefined) to.write(octet, () => setImmediate(next));
        };
        next();
      },
    },
  ],
  ['knows HELO alone', { EHLO: '500 What?\r\n', HELO: '250 mx\r\n' }],
];
for (const [what, script] of TAKEN) {
  test(`a host that ${what} has taken the message`, async (context) => {
    const internet = new Internet(context);
    const heard: string[] = [];
    await internet.strangeHost('strange.example', '127.0.0.3', host(script, heard));
    const site = await internet.site();
    const talk = await site.smtp();
    await talk.login('ale');
    assert.match(await talk.submit('ale@poul.org', [BOB], MESSAGE), /^250 /);
    await until('it is taken', () => story(site, BOB).length === 1);
    assert.deepEqual(story(site, BOB), ['delivered']);
    assert.equal(heard.filter((line) => line === '.').length, 1);
  });
}

test('hostile 21: what comes behind the 220 to STARTTLS is never taken for an answer', async (context) => {
  const internet = new Internet(context);
  const heard: string[] = [];
  const connections: Socket[] = [];
  const script = host(
    { EHLO: '250-mx\r\n250 STARTTLS\r\n', STARTTLS: '220 go\r\n250 mx\r\n250 OK\r\n250 OK\r\n' },
    heard,
  );
  await internet.strangeHost('strange.example', '127.0.0.3', (socket) => {
    connections.push(socket);
    script(socket);
  });
  const site = await internet.site();
  const talk = await site.smtp();
  await talk.login('ale');
  assert.match(await talk.submit('ale@poul.org', [BOB], MESSAGE), /^250 /);
  await until('it was tried', () => story(site, BOB).length === 1);
  await until('the first connection is over', () => connections[0]!.destroyed);
  // Not a word more on that connection: what follows, if anything, is the greeting of a new one.
  assert.match(heard[heard.indexOf('STARTTLS') + 1] ?? 'EHLO', /^EHLO/);
});

test('a host that is silent holds up neither others nor the stop, and is tried again by the next process', async (context) => {
  const internet = new Internet(context);
  const living = await internet.host('one.example', '127.0.0.2');
  const silent = await internet.strangeHost('strange.example', '127.0.0.3', () => {});
  const site = await internet.site();
  const talk = await site.smtp();
  await talk.login('ale');
  for (let n = 1; n <= 5; n++) {
    assert.match(await talk.submit('ale@poul.org', [BOB, 'ann@one.example'], MESSAGE), /^250 /);
    await until(`living ${n}`, () => living.length === n);
  }
  await site.close();
  assert.deepEqual(story(site, BOB), []);
  await silent.close();
  const well = await internet.host('strange.example', '127.0.0.3');
  await internet.site({}, {}, site.folder);
  await until('all arrived', () => well.length === 5);
});

test('a connection that broke while it was idle costs no message', async (context) => {
  const internet = new Internet(context);
  const sockets: Socket[] = [];
  const script = host({});
  await internet.strangeHost('strange.example', '127.0.0.3', (socket) => {
    sockets.push(socket);
    script(socket);
  });
  const site = await internet.site();
  const talk = await site.smtp();
  await talk.login('ale');
  for (let n = 1; n <= 3; n++) {
    assert.match(await talk.submit('ale@poul.org', [BOB], MESSAGE), /^250 /);
    await until(`message ${n}`, () => story(site, BOB).length === n);
    const last = sockets.at(-1)!;
    last.destroy();
    if (!last.closed) await once(last, 'close');
  }
  assert.ok(!story(site, BOB).includes('failed'));
});
