/**
 * What the course does by hand, from end to end: a user who has logged in writes to two places abroad, with a server in a
 * process of its own, a DNS, hosts abroad, and other people's programs at every end.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { generateKey } from '@postino/dkim';
import { serveDns } from '../packages/server/test/dns-server.ts';
import { Internet, until } from '../packages/server/test/internet.ts';
import { PASSWORDS, Site, type LogLine, type Server } from './running-server.ts';

const BODY = Buffer.concat([
  Buffer.from('Ciao,\n.\n..a dot\n...\n\tperch\u00e9 no?\n'),
  Buffer.from([0xff, 0xfe, 0xe8, 0x0a]), // no UTF-8
  Buffer.from('  the end  \n'),
]);
const HEADER = `From: Ale <ale@poul.org>\nTo: bob@one.example\nSubject: una lettera\n\n`;

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const NEEDED: Readonly<Record<string, () => boolean>> = {
  swaks: () => spawnSync('sh', ['-c', 'command -v swaks']).status === 0,
  curl: () => spawnSync('sh', ['-c', 'command -v curl']).status === 0,
  'python3-dkim': () => existsSync('/usr/lib/python3/dist-packages/dkim'),
  'libmail-dkim-perl': () => existsSync('/usr/share/perl5/Mail/DKIM.pm'),
};
const missing = Object.keys(NEEDED).filter((name) => !NEEDED[name]!());

/** Runs a program to its end with this on its standard input; its output is part of the error when it fails. */
function run(program: string, parameters: readonly string[], input: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, parameters, { timeout: 60_000 }, (error, out, complaints) => {
      if (error) reject(new Error(`${program}: ${out}\n${complaints}`, { cause: error }));
      else resolve(out);
    });
    child.stdin!.end(input);
  });
}

/** Signatures are verified by three programs of others: what each says of a message. */
async function verdicts(message: Buffer, record: string, dns: string): Promise<string[]> {
  const python = `
import sys, dkim
message = sys.stdin.buffer.read()
print(dkim.verify(message, dnsfunc=lambda name, timeout=5: sys.argv[1].encode()))`;
  const perl = `
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS;
my ($host, $port) = split /:/, $ARGV[0];
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => [$host], port => $port));
my $verifier = Mail::DKIM::Verifier->new;
local $/; binmode STDIN; $verifier->PRINT(<STDIN>); $verifier->CLOSE;
print $verifier->result;`;
  const resolver = (): Promise<string[][]> => Promise.resolve([[record]]);
  const { results } = await dkimVerify(message, { resolver });
  const others = await Promise.all([
    run('/usr/bin/python3', ['-c', python, record], message),
    run('perl', ['-e', perl, dns], message),
  ]);
  return [...others.map((out) => out.trim()), String(results[0]?.status.result)];
}

interface World {
  readonly internet: Internet;
  readonly site: Site;
  readonly server: Server;
  readonly record: string;
  readonly dns: string;
}

async function open(context: TestContext, internet: Internet): Promise<World> {
  const { privateKey, record } = await generateKey({ algorithm: 'rsa' });
  internet.add({ 'dkim._domainkey.poul.org': { TXT: [record] } });
  const dns = await serveDns(context, internet.resolver);
  const site = new Site(`
[outbound]
port = ${internet.port}
ignore_target_hosts = ["192.0.2.1"]
[dkim]
domain = "poul.org"
private_key = "dkim.key"
[dns]
servers = ["${dns}"]
`);
  writeFileSync(join(site.folder, 'dkim.key'), privateKey);
  context.after(() => site.remove());
  const server = await site.start();
  context.after(() => server.stop());
  return { internet, site, server, record, dns };
}

/** Sends with STARTTLS and a login, as ale. */
async function swaks({ site, server }: World, to: readonly string[]): Promise<string> {
  const file = join(site.folder, 'letter.eml');
  writeFileSync(file, Buffer.concat([Buffer.from(HEADER), BODY]));
  const address = `127.0.0.1:${server.ports.smtp}`;
  const login = ['--auth', 'PLAIN', '--auth-user', 'ale', '--auth-password', PASSWORDS.ale];
  const letter = ['--from', 'ale@poul.org', '--to', to.join(','), '--data', `@${file}`];
  return run(
    'swaks',
    ['--server', address, '--ehlo', 'client.example', '-tls', ...login, ...letter],
    new Uint8Array(),
  );
}

/** The lines of the log that a `grep` for this finds. */
function grep(log: readonly LogLine[], id: string): LogLine[] {
  return log.filter((line) => JSON.stringify(line).includes(id));
}

test(
  'the course: sent with a login to two domains abroad, signed, and what was refused is reported',
  { skip: missing.length > 0 && !required && `not installed: ${missing.join(', ')}` },
  async (context) => {
    assert.deepEqual(missing, [], 'POSTINO_REQUIRE_CLIENTS=1 demands them');
    const internet = new Internet(context);
    const one = await internet.host('one.example', '127.0.0.2', {
      rcpt: (to) =>
        to.startsWith('no') ? { code: 550, status: '5.1.1', text: 'No such user' } : undefined,
    });
    const two = await internet.host('two.example', '127.0.0.3', { tls: true });
    const world = await open(context, internet);
    const { server } = world;
    const said = await swaks(world, ['bob@one.example', 'nobody@one.example', 'eve@two.example']);
    const [, id = ''] = /<~ +250 2\.0\.0 OK id=(\w+)/.exec(said) ?? [];
    assert.match(id, /^\w{29}$/, said);
    await until('both have it', () => one.length + two.length === 2);

    // The right host has each, as it was written.
    assert.deepEqual([one[0]!.to, two[0]!.to], [['bob@one.example'], ['eve@two.example']]);
    assert.deepEqual([one[0]!.tls, two[0]!.tls], [null, 'TLSv1.3']);
    const body = BODY.toString('latin1').replaceAll('\n', '\r\n');
    for (const { text } of [...one, ...two]) {
      // swaks ends what it sends with a line of its own.
      assert.ok(text.includes(`\r\n\r\n${body}`), text);
      const found = await verdicts(Buffer.from(text, 'latin1'), world.record, world.dns);
      assert.deepEqual(found, ['True', 'pass', 'pass']);
    }

    // The refused one is told to the sender, who reads it by POP3.
    await until('the report is there', () => world.site.mailbox('ale').length === 1);
    const login = ['-sS', '-k', '--user', `ale:${PASSWORDS.ale}`];
    const url = `pop3s://127.0.0.1:${server.ports.pop3s}/1`;
    const report = await run('curl', [...login, url], new Uint8Array());
    assert.match(report, /\r\nFrom: Mail Delivery System <postmaster@poul\.org>\r\n/);
    assert.match(report, /\r\nFinal-Recipient: rfc822; nobody@one\.example\r\nAction: failed\r\n/);
    assert.match(report, /\r\nStatus: 5\.1\.1\r\nRemote-MTA: dns; mx\.one\.example\r\n/);
    assert.doesNotMatch(report, /Final-Recipient: rfc822; (bob|eve)@/);
    assert.match(report, /\r\nSubject: una lettera\r\n/);

    // One search by the id tells all of it.
    await until('all is told', () => grep(server.log, id).length === 5);
    const story = grep(server.log, id).map(({ msg, to, host, user }) =>
      [msg, to, host, user].flat().filter(Boolean).join(' '),
    );
    assert.deepEqual(story.toSorted(), [
      'delivered <bob@one.example> mx.one.example',
      'delivered <eve@two.example> mx.two.example',
      'failed <nobody@one.example> mx.one.example',
      'message <bob@one.example> <nobody@one.example> <eve@two.example> ale',
      'sender told',
    ]);
    // And the report's own.
    const { report: reportId } = grep(server.log, id).find(({ msg }) => msg === 'sender told')!;
    await until('the report has a story', () => grep(server.log, String(reportId)).length === 2);
  },
);
