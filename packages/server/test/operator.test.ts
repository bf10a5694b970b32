/** What an operator does before and beside the server: set it up, publish, check, and ask. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zone, type Zone } from '@postino/dns';
import { sign } from '@postino/dkim';
import { PasswdFile } from '@postino/passwd-md5';
import { loadConfig, openLog, startServer, type Addresses } from '@postino/server';
import { crlfLines } from '../src/commands/crlf-lines.ts';
import type { DnsRecord } from '../src/commands/zone-lines.ts';
import type { Finding } from '../src/diagnosis/finding.ts';
import { serveDns } from './dns-server.ts';
import { run, type Run } from './run.ts';
import { makeFolder } from './site.ts';

const IP = '192.0.2.25';
const INIT = ['init', '--hostname', 'mail.poul.org', '--user', 'ann', '--password-stdin'];

/** A folder that `postino init` has filled, on ports that the system chooses. */
async function initiated(context: TestContext): Promise<{ file: string; home: string; told: Run }> {
  const home = join(makeFolder(context), 'home');
  const told = await run(context, [...INIT, '--folder', home, '--ip', IP], { input: 'secret\n' });
  const file = join(home, 'postino.toml');
  const toml = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    toml.replaceAll(/"(?:0\.0\.0\.0|\[::\]):\d+"(?:, "\[::\]:\d+")?/g, '"127.0.0.1:0"'),
  );
  return { file, home, told };
}

/** The configuration with the ports that the system chose, and a DNS server. */
function settle(file: string, addresses: Addresses, dns: string): void {
  const ports = [
    addresses.smtp,
    addresses.submission,
    addresses.submissions,
    addresses.pop3,
    addresses.pop3s,
  ].map(([at]) => at!.port);
  const toml = readFileSync(file, 'utf8').replaceAll(
    '127.0.0.1:0"',
    () => `127.0.0.1:${ports.shift()}"`,
  );
  writeFileSync(file, `${toml}[dns]\nservers = ["${dns}"]\n`);
}

/** The records that were printed, as a zone. */
function published(records: readonly DnsRecord[]): Zone {
  const nodes: Record<string, Record<string, unknown[]>> = {};
  for (const { name, type, value } of records) {
    const node = (nodes[name] ??= {});
    const [priority, exchange = ''] = value.split(' ');
    const bare =
      type === 'MX'
        ? [Number(priority), exchange.replace(/\.$/, '')]
        : type === 'PTR'
          ? value.replace(/\.$/, '')
          : value;
    node[type] = [...(node[type] ?? []), bare];
  }
  return nodes;
}

async function checked(
  context: TestContext,
  file: string,
): Promise<{ findings: Finding[]; code: number | null }> {
  const { out, err, code } = await run(context, ['check', '--config', file, '--ip', IP, '--json']);
  assert.equal(err, '');
  return { findings: JSON.parse(out) as Finding[], code };
}

test('postino init: a server that starts, secrets for their owner alone, and nothing written over', async (context) => {
  const { home, told } = await initiated(context);
  assert.deepEqual([told.code, told.err], [0, '']);
  for (const line of [
    'mail.poul.org. IN A 192.0.2.25',
    '25.2.0.192.in-addr.arpa. IN PTR mail.poul.org.',
    'poul.org. IN MX 10 mail.poul.org.',
    'poul.org. IN TXT "v=spf1 mx -all"',
    '_dmarc.poul.org. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@poul.org"',
  ])
    assert.ok(told.out.includes(`${line}\n`), line);
  assert.match(told.out, /^dkim\._domainkey\.poul\.org\. IN TXT \( "v=DKIM1; k=rsa; p=/m);
  assert.match(told.out, /^_mta-sts\.poul\.org\. IN TXT "v=STSv1; id=[0-9a-f]{20}"$/m);
  assert.match(told.out, /^_smtp\._tls\.poul\.org\. IN TXT "v=TLSRPTv1; /m);
  for (const secret of ['dkim.key', 'key.pem', 'passwd'])
    assert.equal(statSync(join(home, secret)).mode & 0o777, 0o600, secret);
  assert.ok(await (await PasswdFile.open(join(home, 'passwd'))).verify('ann', 'secret'));

  const before = readFileSync(join(home, 'dkim.key'), 'utf8');
  const again = await run(context, [...INIT, '--folder', home], { input: 'x\n' });
  assert.equal(again.code, 1);
  assert.match(again.err, /^postino: .*\/dkim\.key is there already, and stays; /);
  assert.equal(readFileSync(join(home, 'dkim.key'), 'utf8'), before);
});

test('postino init: without a terminal and without a name it says what to give, and writes nothing', async (context) => {
  const home = join(makeFolder(context), 'home');
  const { err, code } = await run(context, ['init', '--folder', home]);
  assert.equal(code, 1);
  assert.match(err, /^postino: The name of this host .*: give it as an option/);
  assert.ok(!existsSync(home));
});

test('postino check: with all that postino dns prints in the DNS nothing is bad; without it each line says what to do', async (context) => {
  const { file } = await initiated(context);
  const server = await startServer(await loadConfig(file), { logger: openLog('silent') });
  context.after(() => server.close());
  const { out } = await run(context, ['dns', '--config', file, '--ip', IP, '--json']);
  // Without the web server that it tells of.
  const { '_mta-sts.poul.org': _, ...records } = published(JSON.parse(out) as DnsRecord[]);
  settle(file, server.addresses, await serveDns(context, zone(records)));

  const well = await checked(context, file);
  const doubts = well.findings.filter(({ verdict }) => verdict !== 'good');
  assert.deepEqual(
    doubts.map(({ verdict, what }) => [verdict, what]),
    [
      ['doubtful', 'certificate'],
      ['doubtful', 'DMARC of poul.org'],
      ['doubtful', 'MTA-STS of poul.org'],
    ],
  );
  assert.equal(well.code, 0);
  assert.ok(well.findings.some(({ what }) => what === `${IP} in zen.spamhaus.org`));

  const [, theirs] = Object.entries(records).find(([name]) => name.startsWith('dkim._domainkey'))!;
  const spoilt: Zone = {
    ...records,
    'mail.poul.org': { A: ['192.0.2.99'] },
    'poul.org': { TXT: ['v=spf1 -all'] },
    '25.2.0.192.in-addr.arpa': {},
    'dkim._domainkey.poul.org': {
      TXT: (theirs as { TXT: string[] }).TXT.map((text) => text.replace(/p=.*/, 'p=')),
    },
    '25.2.0.192.zen.spamhaus.org': { A: ['127.0.0.2'] },
  };
  const servers = await serveDns(context, zone(spoilt));
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/servers = .*/, `servers = ["${servers}"]`),
  );
  const badly = await checked(context, file);
  const bad = badly.findings.filter(({ verdict }) => verdict === 'bad');
  assert.deepEqual(
    bad.map(({ what }) => what),
    [
      'address of mail.poul.org',
      'MX of poul.org',
      'DKIM dkim._domainkey.poul.org',
      `PTR of ${IP}`,
      `SPF of poul.org for ${IP}`,
      `${IP} in zen.spamhaus.org`,
    ],
  );
  assert.ok(bad.every(({ advice }) => advice));
  assert.equal(badly.code, 2);
});

test('postino check: rights, a server that does not run, and a DNS that does not answer', async (context) => {
  const { file, home } = await initiated(context);
  const nobody = [{ host: '127.0.0.1', port: 1 }];
  const dead = {
    smtp: nobody,
    smtps: [],
    submission: nobody,
    submissions: nobody,
    pop3: nobody,
    pop3s: nobody,
  };
  settle(file, dead, await serveDns(context, zone({ 'poul.org': { fail: 'ESERVFAIL' } })));
  writeFileSync(join(home, 'open'), readFileSync(join(home, 'key.pem')), { mode: 0o644 });
  writeFileSync(file, readFileSync(file, 'utf8').replace('key = "key.pem"', 'key = "open"'));
  const { out, code } = await run(context, ['check', '--config', file, '--ip', IP]);
  assert.equal(code, 2);
  assert.match(out, /^bad +\S+\/open: its rights are 0644\n +→ chmod 0640 \S+\/open$/m);
  assert.match(out, /^bad +smtp at 127\.0\.0\.1 port 1: nothing answers there\n/m);
  assert.match(out, /^doubtful +MX of poul\.org: this could not be found out: /m);
  assert.match(out, /^\d+ good, \d+ doubtful, \d+ bad\n$/m);
  assert.ok(!out.includes('\u001B'), 'no colours in a pipe');
});

test('postino spf, dnsbl and dkim verify: the answer, and 2 where it is a bad one', async (context) => {
  const { file, home } = await initiated(context);
  const { out } = await run(context, ['dns', '--config', file, '--ip', IP, '--json']);
  const listed = { '7.2.0.192.zen.spamhaus.org': { A: ['127.0.0.2'], TXT: ['listed \u001B[2J'] } };
  const servers = await serveDns(
    context,
    zone({ ...published(JSON.parse(out) as DnsRecord[]), ...listed }),
  );
  writeFileSync(file, `${readFileSync(file, 'utf8')}[dns]\nservers = ["${servers}"]\n`);
  const ask = (...args: string[]): Promise<Run> => run(context, [...args, '--config', file]);

  const message = 'From: a@poul.org\r\nSubject: ciao\r\n\r\nHi\r\n';
  const key = readFileSync(join(home, 'dkim.key'), 'utf8');
  const field = await sign(Buffer.from(message), { domain: 'poul.org', selector: 'dkim', key });
  // As it would lie on a disk.
  writeFileSync(join(home, 'signed'), (field + message).replaceAll('\r\n', '\n'));
  writeFileSync(join(home, 'forged'), field + message.replace('Hi', 'Ha'));
  const asked = await Promise.all([
    ask('spf', '--ip', IP, '--sender', 'a@poul.org'),
    ask('spf', '--ip', '192.0.2.7', '--sender', 'a@poul.org', '--json'),
    ask('dnsbl', IP),
    ask('dnsbl', '192.0.2.7'),
    ask('dkim', 'verify', join(home, 'signed')),
    ask('dkim', 'verify', join(home, 'forged')),
  ]);
  assert.deepEqual(
    asked.map(({ code }) => code),
    [0, 2, 0, 2, 0, 2],
  );
  const [pass, fail, clear, found, signed, forged] = asked.map(({ out }) => out);
  assert.match(
    pass!,
    /^TXT poul\.org: v=spf1 mx -all\nmx: MX poul\.org: .*\n(?:.*\n)*pass for poul\.org \(mailfrom\): mx; 1 of 10 lookups\n$/,
  );
  assert.equal((JSON.parse(fail!) as { result: string }).result, 'fail');
  assert.equal(clear, 'clear   zen.spamhaus.org\n');
  assert.equal(found, 'listed  zen.spamhaus.org  127.0.0.2  listed ?[2J\n');
  assert.match(signed!, /^pass  d=poul\.org s=dkim a=rsa-sha256\n$/);
  assert.match(forged!, /^fail  d=poul\.org s=dkim a=rsa-sha256 \(.*body.*\)\n$/);
});

test('postino user and route: users come and go, comments stay; an address is followed to its end', async (context) => {
  const { file, home } = await initiated(context);
  const passwd = join(home, 'passwd');
  writeFileSync(passwd, `# ours\n${readFileSync(passwd, 'utf8')}`);
  const ask = (args: string[], input = ''): Promise<Run> =>
    run(context, [...args, '--config', file], { input });

  const added = await ask(['user', 'add', 'bob', '--scheme', 'SHA512-CRYPT'], 'first\n');
  assert.deepEqual([added.code, added.out, added.err], [0, 'bob is a user now.\n', '']);
  const [again, unknown, bare, changed] = await Promise.all([
    ask(['user', 'add', 'bob'], 'x\n'),
    ask(['user', 'passwd', 'eve'], 'x\n'),
    ask(['user', 'add', 'eve']),
    ask(['user', 'passwd', 'bob'], 'second\n'),
  ]);
  assert.deepEqual([again.code, unknown.code, bare.code, changed.code], [1, 1, 1, 0]);
  assert.match(
    again.err,
    /^postino: there is a user bob already; write: postino user passwd bob\n$/,
  );
  assert.match(unknown.err, /^postino: there is no user eve; /);
  assert.match(bare.err, /^postino: there is no password on standard input; /);
  const users = await PasswdFile.open(passwd);
  assert.deepEqual(
    [await users.verify('bob', 'first'), await users.verify('bob', 'second')],
    [false, true],
  );

  const [listed, routed, relayed] = await Promise.all([
    ask(['user', 'list']),
    ask(['route', 'abuse+spam@poul.org']),
    ask(['route', 'nobody@poul.org', '--json']),
  ]);
  assert.equal(listed.out, 'ann  CRYPT\nbob  CRYPT\n');
  assert.match(routed.out, /\nmailbox of ann\n$/);
  assert.equal((JSON.parse(relayed.out) as { route: { type: string } }).route.type, 'refuse');
  assert.deepEqual([routed.code, relayed.code], [0, 2]);

  assert.equal((await ask(['user', 'remove', 'bob'])).code, 0);
  assert.match(readFileSync(passwd, 'utf8'), /^# ours\nann:[^\n]*\n$/);
});

test('lines that end in LF get the CR that they had on the wire, wherever they are cut', async () => {
  const text = 'a\nb\r\n\n\r\nc';
  for (let size = 1; size <= text.length; size++) {
    const out: Uint8Array[] = [];
    for await (const piece of crlfLines(pieces(text, size))) out.push(piece);
    assert.equal(Buffer.concat(out).toString(), 'a\r\nb\r\n\r\n\r\nc');
  }
});

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}
