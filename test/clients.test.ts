/** Real programs at the other end. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { sendWithExim } from './exim-client.ts';
import { programTest } from './program-test.ts';
import { PASSWORDS, Site, type Server, type User } from './running-server.ts';
import { SMTP_SOURCE, sendWithSource } from './smtp-source.ts';

const MESSAGE = [
  'From: ann@example.net',
  'Subject: a real client',
  '',
  'Hello.',
  '.a dot',
  'Bye.',
  '',
].join('\r\n');

let site: Site;
let server: Server;
let message: string;
before(async () => {
  site = new Site();
  server = await site.start();
  message = join(site.folder, 'message.eml');
  writeFileSync(message, MESSAGE);
});
after(async () => {
  assert.equal(await server.stop(), 0, 'the server ends well on SIGTERM');
  site.remove();
});

/** Runs a program to its end; its output is part of the error when it fails. */
function run(program: string, ...parameters: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, parameters, { timeout: 30_000 }, (error, out, complaints) => {
      if (error)
        reject(
          new Error(`${program} ${parameters.join(' ')}\n${out}\n${complaints}`, { cause: error }),
        );
      else resolve(out);
    });
    child.stdin!.end(MESSAGE);
  });
}

/** A configuration file that only its owner may read, as the programs demand. */
function secretFile(name: string, text: string): string {
  const path = join(site.folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
}

/** What is new in a mailbox since the test began. */
const seen: Record<User, number> = { ale: 0, daniele: 0 };
beforeEach(() => {
  for (const user of ['ale', 'daniele'] as const) seen[user] = site.mailbox(user).length;
});
function arrived(user: User): string[] {
  return site.mailbox(user).slice(seen[user]);
}

function assertContent(stored: string): void {
  assert.ok(stored.endsWith(MESSAGE.replaceAll('\r\n', '\n')), stored);
}

/** What a login has sent may have fields added behind its own. RFC 6409 §8. */
function assertSubmitted(stored: string): void {
  const [header = '', body] = MESSAGE.replaceAll('\r\n', '\n').split(/\n\n([^]*)/);
  assert.ok(stored.includes(`\n${header}\n`), stored);
  assert.equal(stored.slice(stored.indexOf('\n\n') + 2), body);
}

const url = (scheme: keyof typeof server.ports, path = ''): string =>
  `${scheme}://localhost:${server.ports[scheme]}/${path}`;
const login = (user: User): string[] => ['--user', `${user}:${PASSWORDS[user]}`];
const trust = (): string[] => ['--cacert', site.certificate];

programTest(
  'swaks',
  { name: 'delivers to ale+foo@poul.org over STARTTLS with AUTH PLAIN; curl reads it by POP3S' },
  async () => {
    const port = String(server.ports.smtp);
    const to = 'ale+foo@poul.org';
    const credentials = ['--auth', 'PLAIN', '--auth-user', 'ale', '--auth-password', PASSWORDS.ale];
    await run(
      'swaks',
      '--server',
      '127.0.0.1',
      '--port',
      port,
      '-tls',
      ...credentials,
      '--from',
      'daniele@poul.org',
      '--to',
      to,
      '--data',
      MESSAGE.replaceAll('\r\n', '\n'),
    );
    const [stored] = arrived('ale');
    assert.ok(stored);
    const names = stored.slice(0, stored.indexOf('\n\n')).match(/^[\w-]+(?=:)/gm);
    assert.deepEqual(names?.slice(0, 4), [
      'Return-path',
      'Envelope-to',
      'Delivery-date',
      'Received',
    ]);
    assert.match(
      stored,
      /^Return-path: <daniele@poul\.org>\nEnvelope-to: ale\+foo@poul\.org\nDelivery-date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}\nReceived: from /,
    );
    assert.match(stored, /\n\tby poul\.org with esmtpsa {2}\(TLS1\.3\) tls TLS_\w+\n/);
    assert.match(stored, /\n\tfor ale\+foo@poul\.org;\n/);
    const fetched = await run(
      'curl',
      '-sS',
      ...trust(),
      ...login('ale'),
      url('pop3s', String(site.mailbox('ale').length)),
    );
    assert.equal(fetched.replaceAll('\r\n', '\n').trimEnd(), stored.trimEnd());
  },
);

programTest('swaks', { name: 'delivers with implicit TLS' }, async () => {
  await run(
    'swaks',
    '--server',
    '127.0.0.1',
    '--port',
    String(server.ports.smtps),
    '--tls-on-connect',
    '--from',
    'ann@example.net',
    '--to',
    'daniele@poul.org',
    '--data',
    MESSAGE.replaceAll('\r\n', '\n'),
  );
  assert.equal(arrived('daniele').length, 1);
});

programTest('swaks', { name: 'is refused where it may not relay, and told why' }, async () => {
  await assert.rejects(
    run(
      'swaks',
      '--server',
      '127.0.0.1',
      '--port',
      String(server.ports.smtp),
      '--from',
      'ann@example.net',
      '--to',
      'bob@example.com',
    ),
    /550 5\.7\.1 .*[Rr]elay/,
  );
});

programTest('curl', { name: 'sends to an alias of several by smtp' }, async () => {
  await run(
    'curl',
    '-sS',
    url('smtp', 'client.example'),
    '--mail-from',
    'ann@example.net',
    '--mail-rcpt',
    'info@poul.org',
    '-T',
    message,
  );
  for (const user of ['ale', 'daniele'] as const) {
    const [stored, ...others] = arrived(user);
    assert.deepEqual(others, []);
    assertContent(stored!);
    assert.match(stored!, /^Return-path: <ann@example\.net>\nEnvelope-to: info@poul\.org\n/);
  }
});

programTest('curl', { name: 'sends by smtp with STARTTLS demanded, logged in' }, async () => {
  await run(
    'curl',
    '-sS',
    '--ssl-reqd',
    ...trust(),
    ...login('daniele'),
    url('smtp'),
    '--mail-from',
    'daniele@poul.org',
    '--mail-rcpt',
    'otacon22@poul.org',
    '-T',
    message,
  );
  assertSubmitted(arrived('daniele')[0]!);
});

programTest('curl', { name: 'sends by smtps' }, async () => {
  await run(
    'curl',
    '-sS',
    ...trust(),
    url('smtps'),
    '--mail-from',
    'ann@example.net',
    '--mail-rcpt',
    'postmaster',
    '-T',
    message,
  );
  assertContent(arrived('ale')[0]!);
});

programTest(
  'curl',
  { name: 'reads by pop3 with STLS demanded, and is refused without' },
  async () => {
    const listed = await run('curl', '-sS', '--ssl-reqd', ...trust(), ...login('ale'), url('pop3'));
    assert.equal(listed.trim().split('\n').length, site.mailbox('ale').length);
    await assert.rejects(run('curl', '-sS', ...login('ale'), url('pop3')));
  },
);

programTest('curl', { name: 'is refused with a wrong password' }, async () => {
  await assert.rejects(run('curl', '-sS', ...trust(), '--user', 'ale:wrong', url('pop3s')));
});

programTest('msmtp', { name: 'sends with STARTTLS and AUTH' }, async () => {
  const config = secretFile(
    'msmtprc',
    `account default
host localhost
port ${server.ports.smtp}
from daniele@poul.org
tls on
tls_starttls on
tls_trust_file ${site.certificate}
auth plain
user daniele
password ${PASSWORDS.daniele}
`,
  );
  await run('msmtp', '-C', config, 'ale-list@poul.org');
  assertSubmitted(arrived('ale')[0]!);
});

for (const [how, service, starttls] of [
  ['STLS', 'pop3', 'on'],
  ['implicit TLS', 'pop3s', 'off'],
] as const) {
  programTest('mpop', { name: `fetches all with ${how}, octet for octet` }, async () => {
    await run(
      'curl',
      '-sS',
      url('smtp'),
      '--mail-from',
      'ann@example.net',
      '--mail-rcpt',
      'ale@poul.org',
      '-T',
      message,
    );
    const box = join(site.folder, `mpop-${service}`);
    for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(box, part), { recursive: true });
    const config = secretFile(
      'mpoprc',
      `account default
host localhost
port ${server.ports[service]}
tls on
tls_starttls ${starttls}
tls_trust_file ${site.certificate}
auth user
user ale
password ${PASSWORDS.ale}
keep on
received_header off
uidls_file ${box}/uidls
delivery maildir ${box}
`,
    );
    await run('mpop', '-C', config);
    const fetched = readdirSync(join(box, 'new')).map((name) =>
      readFileSync(join(box, 'new', name), 'latin1'),
    );
    assert.deepEqual(fetched.toSorted(), site.mailbox('ale').toSorted());
  });
}

for (const [how, service, options] of [
  ['STLS', 'pop3', "sslproto 'TLS1.2+'"],
  ['implicit TLS', 'pop3s', 'ssl'],
] as const) {
  programTest('fetchmail', { name: `fetches with ${how} and removes what it has` }, async () => {
    await run(
      'curl',
      '-sS',
      url('smtp'),
      '--mail-from',
      'ann@example.net',
      '--mail-rcpt',
      'daniele@poul.org',
      '-T',
      message,
    );
    const into = join(site.folder, `fetchmail-${service}`);
    const config = secretFile(
      'fetchmailrc',
      `set no bouncemail
poll localhost service ${server.ports[service]} proto pop3
  user daniele password "${PASSWORDS.daniele}" ${options} sslcertck sslcertfile ${site.certificate}
  fetchall no rewrite mda "cat >>${into}"
`,
    );
    process.env['FETCHMAILHOME'] = site.folder;
    await run('fetchmail', '--nodetach', '--nosyslog', '--invisible', '-f', config);
    assert.equal(site.mailbox('daniele').length, 0);
    assert.match(readFileSync(into, 'latin1'), /\nHello\.\n\.a dot\nBye\.\n/);
  });
}

for (const [how, chunking] of [
  ['in chunks', true],
  ['with DATA', false],
] as const) {
  programTest('exim4', { name: `sends to several ${how}, octet for octet` }, async (context) => {
    const body = `.\n..\n.dot\n${'x'.repeat(990)}\n${'a line of text\n'.repeat(5000)}no end`;
    const letter = {
      port: server.ports.smtp,
      from: 'ann@example.net',
      to: ['ale@poul.org', 'nobody@poul.org', 'otacon22@poul.org'],
      message: `From: ann@example.net\nSubject: exim\n\n${body}`,
      chunking,
    };
    const log = await sendWithExim(context, letter);
    assert.match(log, chunking ? /=> ale@poul\.org .* K / : /=> ale@poul\.org (?!.* K )/);
    assert.match(log, / nobody@poul\.org .*550 5\.1\.1/);
    for (const user of ['ale', 'daniele'] as const) {
      const [stored, ...others] = arrived(user);
      assert.deepEqual(others, []);
      assert.ok(stored?.endsWith(`\n\n${body}\n`));
    }
  });
}

for (const [how, flags] of [
  ['many to a connection, eight at a time', ['-s', '8', '-m', '200', '-l', '3000', '-d']],
  ['one to a connection, eight at a time', ['-s', '8', '-m', '50', '-l', '3000']],
  ['of a size', ['-m', '2', '-l', '4000000']],
] as const) {
  programTest(
    'smtp-source',
    { name: `sends messages ${how}, and none is lost`, at: SMTP_SOURCE },
    async () => {
      const [, messages] = /-m (\d+)/.exec(flags.join(' '))!;
      await sendWithSource(server.ports.smtp, 'ale@poul.org', ...flags);
      assert.equal(arrived('ale').length, Number(messages));
    },
  );
}
