/** Mail that goes out into a small internet on loopback: its DNS, its certificates, its addresses, its bad days. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import type { Dial } from '@postino/delivery';
import { dial, selfSigned } from '@postino/node';
import { serveDns } from './dns-server.ts';
import { Internet, until } from './internet.ts';
import type { Site, Talk } from './site.ts';
import { TestClock } from './test-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MESSAGE = 'From: ale@poul.org\r\nSubject: ciao\r\n\r\nHi';

async function login(site: Site): Promise<Talk> {
  const talk = await site.smtp();
  assert.match(await talk.login('ale'), /^235 /);
  return talk;
}

async function submit(talk: Talk, to: readonly string[]): Promise<void> {
  assert.match(await talk.submit('ale@poul.org', to, MESSAGE), /^250 /);
}

/** What became of a recipient, in order. */
function story({ log }: Site, to: string): unknown[] {
  return log.filter((line) => line['to'] === `<${to}>`).map(({ msg }) => msg);
}

test('live: the servers of [dns] say where mail goes, and [outbound] interface where it comes from', async (context) => {
  const internet = new Internet(context);
  const one = await internet.host('one.example', '127.0.0.2');
  const two = await internet.host('two.example', '127.0.0.3');
  const backup = await internet.host('backup.example', '127.0.0.4');
  internet.add({
    // The first is dead, the second has the mail.
    'three.example': {
      MX: [
        [20, 'mx.backup.example'],
        [10, 'mx.dead.example'],
      ],
    },
    'mx.dead.example': { A: ['127.0.0.9'] },
    // No MX: its own address. RFC 5321 §5.1.
    'implicit.example': { A: ['127.0.0.4'] },
    'nobody.example': { MX: [[0, '']] },
  });
  const dns = { servers: [await serveDns(context, internet.resolver)] };
  const site = await internet.site({ dns, outbound: { interface: '127.0.0.7' } });
  const talk = await login(site);
  const to = ['one', 'two', 'three', 'implicit', 'nobody', 'none'].map((n) => `bob@${n}.example`);
  await submit(talk, to);
  await until('all four arrived', () => one.length + two.length + backup.length === 4);
  await until('two are reported', () => site.mailbox('ale').length === 2);
  assert.deepEqual(
    [one, two].map((letters) => letters.map((letter) => letter.to)),
    [[['bob@one.example']], [['bob@two.example']]],
  );
  assert.deepEqual(backup.flatMap((letter) => letter.to).toSorted(), [
    'bob@implicit.example',
    'bob@three.example',
  ]);
  for (const { peer } of [...one, ...two, ...backup]) assert.equal(peer, '127.0.0.7');
  const statuses = site.mailbox('ale').map((text) => /^Status: (.*)$/m.exec(text)![1]!);
  assert.deepEqual(statuses.toSorted(), ['5.1.10', '5.1.2']);
});

test('hostile 58: at the server, what the DNS says wrong is told from what it does not say', async (context) => {
  const internet = new Internet(context);
  const ours = await internet.host('loop.example', '127.0.0.2');
  internet.add({
    'silent.example': { fail: 'ETIMEOUT' },
    'broken.example': { fail: 'ESERVFAIL' },
    'null.example': { MX: [[0, '']] },
    'this.example': { MX: [[10, 'localhost.example']] },
    'localhost.example': { A: ['127.0.0.1'], AAAA: ['::1'] },
    'us.example': { MX: [[10, 'poul.org']] },
    'poul.org': { A: ['127.0.0.2'] },
    'missing.example': { MX: [[10, 'gone.example']] },
    'many.example': {
      MX: Array.from({ length: 1000 }, (_, n) => [n, n === 3 ? 'mx.loop.example' : 'gone.example']),
    },
  });
  const ignore_target_hosts = ['127.0.0.1', '::1'];
  const site = await internet.site({ outbound: { ignore_target_hosts } });
  const wanted = {
    silent: 'deferred',
    broken: 'deferred',
    null: 'failed',
    this: 'failed',
    us: 'failed',
    missing: 'failed',
    many: 'delivered',
  };
  const talk = await login(site);
  const names = Object.keys(wanted);
  await submit(
    talk,
    names.map((name) => `bob@${name}.example`),
  );
  const stories = (): unknown[][] => names.map((name) => story(site, `bob@${name}.example`));
  await until('each has its story', () => stories().every(({ length }) => length > 0));
  assert.deepEqual(
    stories(),
    Object.values(wanted).map((status) => [status]),
  );
  assert.equal(ours.length, 1);
});

test('hostile 50: no address becomes a command, here or at the other end', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const site = await internet.site();
  const talk = await login(site);
  for (const line of [
    'MAIL FROM:<ale@poul.org>\rRCPT TO:<x@one.example>',
    'MAIL FROM:<ale@poul.org>\nRCPT TO:<x@one.example>',
    'MAIL FROM:<ale@poul.org\0>',
    'MAIL FROM:<"a\rb"@poul.org>',
  ])
    assert.match(await talk.say(line), /^50\d /, JSON.stringify(line));
  // What the grammar lets through stays one argument.
  const odd = '"x> NOTIFY=NEVER RCPT TO:<y"@one.example';
  await submit(talk, [odd]);
  await until('it arrived', () => letters.length === 1);
  assert.deepEqual(letters[0]!.to, [odd]);
});

/** A network without a way to the world's IPv6. */
const dialUnlessFar: Dial = (to, options) =>
  to.address === '2001:db8::1' ? Promise.reject(new Error('ENETUNREACH')) : dial(to, options);

test('an address of IPv6 is tried before one of IPv4, and its trouble costs nothing', async (context) => {
  const has6 = Object.values(networkInterfaces())
    .flat()
    .some((at) => at?.address === '::1');
  if (!has6) return context.skip('no IPv6 here');
  const internet = new Internet(context);
  const six = await internet.host('six.example', '::1');
  const four = await internet.host('four.example', '127.0.0.2');
  internet.add({
    'both.example': { MX: [[10, 'mx.both.example']] },
    'mx.both.example': { A: ['127.0.0.2'], AAAA: ['::1'] },
    'half.example': { MX: [[10, 'mx.half.example']] },
    'mx.half.example': { A: ['127.0.0.2'], AAAA: ['2001:db8::1'] },
  });
  const dns = { servers: [await serveDns(context, internet.resolver)] };
  const site = await internet.site({ dns }, { dial: dialUnlessFar });
  await submit(await login(site), ['a@six.example', 'a@both.example', 'a@half.example']);
  await until('all three arrived', () => six.length + four.length === 3);
  const recipients = six.flatMap(({ to }) => to).toSorted();
  assert.deepEqual(recipients, ['a@both.example', 'a@six.example']);
  assert.deepEqual(
    four.map(({ to }) => to),
    [['a@half.example']],
  );
  assert.equal(six[0]!.peer, '::1');
});

test('STARTTLS is used with whom it may be: a certificate of another name or of nobody is better than none', async (context) => {
  const internet = new Internet(context);
  const right = selfSigned(['mx.right.example']);
  const hosts = [
    await internet.host('right.example', '127.0.0.2', { tls: right }),
    await internet.host('wrong.example', '127.0.0.3', { tls: selfSigned(['elsewhere.example']) }),
    await internet.host('none.example', '127.0.0.4'),
  ];
  const site = await internet.site({}, { dial: trusting(right.certificate) });
  const to = ['right', 'wrong', 'none'].map((name) => `bob@${name}.example`);
  await submit(await login(site), to);
  await until('all arrived', () => hosts.every(({ length }) => length === 1));
  assert.deepEqual(
    hosts.map(([letter]) => letter!.tls),
    ['TLSv1.3', 'TLSv1.3', null],
  );
});

/** Connections for which this certificate is a good one. */
function trusting(certificate: string): Dial {
  return (to, options) => dial(to, { ...options, authorities: [certificate] });
}

/** The login at a smarthost, and what becomes of a message. */
const LOGINS: readonly (readonly [what: string, login: object, trusted: boolean, then: RegExp])[] =
  [
    ['the right one', { smarthost_user: 'me', smarthost_password: 'pw' }, true, /delivered/],
    ['a wrong password', { smarthost_user: 'me', smarthost_password: 'x' }, true, /deferred.*535/],
    ['none', {}, true, /failed.*530/],
    [
      'said to nobody whose certificate is not trusted',
      { smarthost_user: 'me', smarthost_password: 'pw' },
      false,
      /deferred/,
    ],
  ];
for (const [what, login_, trusted, then] of LOGINS) {
  test(`the login at a smarthost: ${what}`, async (context) => {
    const internet = new Internet(context);
    const tls = selfSigned(['127.0.0.4']);
    const letters = await internet.host('relay.example', '127.0.0.4', { tls, password: 'pw' });
    const smarthost = `127.0.0.4:${internet.port}`;
    const site = await internet.site(
      { outbound: { smarthost, ...login_ } },
      trusted ? { dial: trusting(tls.certificate) } : {},
    );
    await submit(await login(site), ['bob@one.example']);
    const lines = (): string[] =>
      site.log
        .filter((line) => line['to'] === '<bob@one.example>')
        .map((line) => `${String(line['msg'])} ${JSON.stringify(line['reply'])}`);
    await until('it was tried', () => lines().length === 1);
    assert.match(lines()[0]!, then);
    assert.equal(letters.length, then.source === 'delivered' ? 1 : 0);
    assert.ok(!JSON.stringify(site.log).includes('"pw"'), 'the password is in the log');
  });
}

test('greylisting: put off first, and let in after the quarter of an hour', async (context) => {
  const internet = new Internet(context);
  const seen = new Map<string, number>();
  const clock = new TestClock();
  const letters = await internet.host('grey.example', '127.0.0.2', {
    rcpt(to) {
      const since = seen.get(to) ?? clock.now();
      seen.set(to, since);
      return clock.now() - since < 5 * MINUTE
        ? { code: 451, status: '4.7.1', text: 'Greylisted' }
        : undefined;
    },
  });
  const site = await internet.site({}, { clock });
  await submit(await login(site), ['bob@grey.example']);
  await until('it was put off', () => story(site, 'bob@grey.example').length === 1);
  clock.pass(20 * MINUTE);
  await until('it arrived', () => letters.length === 1);
  await until('it is told', () => story(site, 'bob@grey.example').length === 2);
  assert.deepEqual(story(site, 'bob@grey.example'), ['deferred', 'delivered']);
});

test('a destination that is down for a day and a half: one warning, and the message when it is up', async (context) => {
  const internet = new Internet(context);
  const one = await internet.host('one.example', '127.0.0.2');
  internet.deadHost('down.example', '127.0.0.3');
  const clock = new TestClock();
  const site = await internet.site({}, { clock });
  const talk = await login(site);
  const began = clock.now();
  await submit(talk, ['bob@down.example']);
  const tries = (): unknown[] => story(site, 'bob@down.example').filter((one) => one !== 'warned');
  await until('it was tried', () => tries().length === 1);
  while (clock.now() - began < 36 * HOUR) {
    const seen = tries().length;
    clock.pass(nextTry(site) - clock.now());
    await until(`try ${seen + 1}`, () => tries().length > seen);
    // Meanwhile others are served at once.
    const before = one.length;
    await submit(talk, ['bob@one.example']);
    await until('the living has it', () => one.length > before);
  }
  await until('the warning is there', () => site.mailbox('ale').length === 1);
  const letters = await internet.host('down.example', '127.0.0.3');
  clock.pass(nextTry(site) - clock.now());
  await until('it arrived', () => letters.length === 1);
  await until('it is told', () => tries().at(-1) === 'delivered');
  const [warning, ...others] = site.mailbox('ale');
  assert.match(warning!, /\nAction: delayed\n/);
  assert.deepEqual(others, []);
});

/** When the last attempt that was put off is made again. */
function nextTry({ log }: Site): number {
  return log.findLast(({ msg }) => msg === 'deferred')!['next'] as number;
}
