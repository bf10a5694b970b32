/**
 * Mail from outside is judged, from end to end: clients of others send from addresses on a black list and off it, from
 * domains that allow it and that do not, signed well, badly and not at all; the DNS is a server on loopback; what was
 * kept is read back by POP3.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { generateKey } from '@postino/dkim';
import { zone } from '@postino/dns';
import { serveDns } from '../packages/server/test/dns-server.ts';
import { PASSWORDS, Site, type Server } from './running-server.ts';
import { curl, msmtp, run, signed, swaks, type Letter, type Send } from './senders.ts';

const UNLISTED = '127.0.0.1';
const LISTED = '127.0.0.9';
const key = await generateKey({ algorithm: 'rsa' });

const WORLD = zone({
  [`${reversed(UNLISTED)}.in-addr.arpa`]: { PTR: ['client.example'] },
  'client.example': { A: [UNLISTED] },
  [`${reversed(LISTED)}.zen.test`]: { A: ['127.0.0.2'], TXT: ['Ask at the door'] },
  'allowed.example': { TXT: ['v=spf1 ip4:127.0.0.0/8 -all'] },
  'refused.example': { TXT: ['v=spf1 ip4:192.0.2.1 -all exp=why.refused.example'] },
  'why.refused.example': { TXT: ['%{i} is a stranger to us'] },
  'strict.example': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] },
  '_dmarc.strict.example': { TXT: ['v=DMARC1; p=reject'] },
  'sel._domainkey.strict.example': { TXT: [key.record] },
  'sel._domainkey.allowed.example': { TXT: [key.record] },
});

function reversed(ip: string): string {
  return ip.split('.').toReversed().join('.');
}

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const NEEDED: Readonly<Record<string, () => boolean>> = {
  swaks: () => spawnSync('sh', ['-c', 'command -v swaks']).status === 0,
  curl: () => spawnSync('sh', ['-c', 'command -v curl']).status === 0,
  msmtp: () => spawnSync('sh', ['-c', 'command -v msmtp']).status === 0,
  'python3-dkim': () => existsSync('/usr/lib/python3/dist-packages/dkim'),
};
const missing = Object.keys(NEEDED).filter((name) => !NEEDED[name]!());

function judgedTest(name: string, body: (context: TestContext) => Promise<void>): void {
  const skip = missing.length > 0 && !required && `not installed: ${missing.join(', ')}`;
  test(name, { skip }, async (context) => {
    assert.deepEqual(missing, [], 'POSTINO_REQUIRE_CLIENTS=1 demands them');
    await body(context);
  });
}

/** Signed with the key that the domain has in the DNS. */
function signedFor(domain: string, message: string): Promise<string> {
  return signed(message, { domain, key: key.privateKey });
}

/** A client, what it sends, and what a server with all checks on makes of it. */
interface Case {
  readonly what: string;
  readonly send: Send;
  readonly letter: Letter;
  /** `Authentication-Results` without our name. */
  readonly results: RegExp;
  /** X-Warning, where only warned; in order. */
  readonly warnings: readonly string[];
  /** The enhanced status without its class, and the text of a refusal; absent where nothing speaks against it. */
  readonly refusal?: readonly [detail: string, text: string];
}

const listed = `${LISTED} is in a black list at zen.test`;
const notAllowed = `${UNLISTED} is not allowed to send mail from refused.example`;
const invalid = 'no DKIM signature of this message is valid';
const disowned = 'this message fails DMARC, and the policy of strict.example is reject';
const nameless = `${LISTED} has no host name that leads back to it`;

async function makeCases(): Promise<readonly Case[]> {
  const plain = 'From: ann@allowed.example\nSubject: plain\n\nBody.\n';
  const strict = 'From: ann@strict.example\nSubject: strict\n\nBody.\n';
  const good = await signedFor('allowed.example', plain);
  const from = 'ann@allowed.example';
  return [
    {
      what: 'nothing against it, no signature',
      send: swaks,
      letter: { ip: UNLISTED, from, message: plain },
      results:
        /^iprev=pass policy\.iprev=127\.0\.0\.1; spf=pass smtp\.mailfrom=allowed\.example; dkim=none; dmarc=none reason="no record" header\.from=allowed\.example$/,
      warnings: [],
    },
    {
      what: 'a good signature',
      send: curl,
      letter: { ip: UNLISTED, from, message: good },
      results: /; dkim=pass header\.d=allowed\.example header\.i=@allowed\.example header\.s=sel /,
      warnings: [],
    },
    {
      what: 'a broken signature',
      send: swaks,
      letter: { ip: UNLISTED, from, message: good.replace('Body.', 'Buddy.') },
      results: /; dkim=fail reason=\S.* header\.d=allowed\.example /,
      warnings: [invalid],
      refusal: ['7.20', invalid],
    },
    {
      what: 'a listed client',
      send: swaks,
      letter: { ip: LISTED, from, message: plain },
      results: /^iprev=permerror policy\.iprev=127\.0\.0\.9; spf=pass /,
      warnings: [listed, nameless],
      refusal: ['7.1', listed],
    },
    {
      what: 'a listed client',
      send: curl,
      letter: { ip: LISTED, from, message: plain },
      results: /^iprev=permerror policy\.iprev=127\.0\.0\.9; spf=pass /,
      warnings: [listed, nameless],
      refusal: ['7.1', listed],
    },
    {
      what: 'a domain that refuses the client',
      send: swaks,
      letter: { ip: UNLISTED, from: 'ann@refused.example', message: plain },
      results: /; spf=fail smtp\.mailfrom=refused\.example; /,
      warnings: [notAllowed],
      refusal: ['7.23', notAllowed],
    },
    {
      what: 'a domain that refuses the client',
      send: msmtp,
      letter: { ip: UNLISTED, from: 'ann@refused.example', message: plain },
      results: /; spf=fail smtp\.mailfrom=refused\.example; /,
      warnings: [notAllowed],
      refusal: ['7.23', notAllowed],
    },
    {
      what: 'an author who disowns it',
      send: swaks,
      letter: { ip: UNLISTED, from, message: strict },
      results: /; dkim=none; dmarc=fail header\.from=strict\.example policy\.dmarc=reject$/,
      warnings: [disowned],
      refusal: ['7.26', disowned],
    },
    {
      what: 'an author who owns it by his signature',
      send: swaks,
      letter: { ip: UNLISTED, from, message: await signedFor('strict.example', strict) },
      results: /; dkim=pass .*; dmarc=pass header\.from=strict\.example$/,
      warnings: [],
    },
  ];
}

const cases = missing.length === 0 ? await makeCases() : [];

interface World {
  readonly site: Site;
  readonly server: Server;
}

/** A server with all checks on, or off. */
async function open(context: TestContext, action: string, dns: string): Promise<World> {
  const checks = ['spf', 'dkim', 'dmarc', 'rdns'].map(
    // Without a name clients are only warned of, so that the listed one is refused for the list.
    (check) =>
      `[checks.${check}]\naction = "${check === 'rdns' && action !== 'off' ? 'warn' : action}"\n`,
  );
  const site = new Site(`
[checks.dnsbl]
zones = ["one.test", "zen.test"]
action = "${action}"
${checks.join('')}
[dns]
servers = ["${dns}"]
`);
  context.after(() => site.remove());
  const server = await site.start();
  context.after(() => server.stop());
  return { site, server };
}

/** The header fields of a user's newest message, read by POP3 over TLS, unfolded; null when there are no more than before. */
async function fetched({ site, server }: World, before: number): Promise<string[] | null> {
  const count = site.mailbox('ale').length;
  if (count === before) return null;
  assert.equal(count, before + 1);
  const url = `pop3s://localhost:${server.ports.pop3s}/${count}`;
  const login = ['--cacert', site.certificate, '--user', `ale:${PASSWORDS.ale}`];
  const text = await run('curl', ['--silent', '--show-error', ...login, url]);
  const [header = ''] = text.split('\r\n\r\n');
  return header.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n');
}

function values(fields: readonly string[], name: string): string[] {
  return fields
    .filter((field) => field.startsWith(`${name}: `))
    .map((field) => field.slice(name.length + 2));
}

function assertWarned(
  fields: readonly string[] | null,
  { results, warnings }: Case,
  said: string,
): void {
  assert.ok(fields, said);
  const [ours = ''] = values(fields, 'Authentication-Results');
  assert.ok(ours.startsWith('poul.org;\t'), fields.join('\n'));
  assert.match(ours.slice('poul.org;\t'.length).replaceAll(';\t', '; '), results);
  assert.deepEqual(values(fields, 'X-Warning'), warnings);
}

for (const action of ['warn', 'reject', 'defer', 'off'] as const) {
  judgedTest(`all checks, ${action}`, async (context) => {
    const world = await open(context, action, await serveDns(context, WORLD));
    // Two servers see everything; to the others is sent what they may treat in another way, by one client.
    const all = action === 'warn' || action === 'reject';
    for (const one of cases.filter(({ send, refusal }) => all || (refusal && send === swaks)))
      await context.test(`${one.send.name}: ${one.what}`, () => judge(world, action, one));
    if (action === 'reject') {
      await context.test('the postmaster can be written to', () => assertPostmaster(world));
      await context.test('who has logged in is not judged', () => assertLoggedIn(world));
    }
  });
}

async function judge(world: World, action: string, one: Case): Promise<void> {
  const { send, letter, refusal } = one;
  const before = world.site.mailbox('ale').length;
  const said = await send(letter, world.server, world.site);
  const fields = await fetched(world, before);
  if (refusal && (action === 'reject' || action === 'defer')) {
    assert.equal(fields, null);
    assertRefused(said, action === 'reject' ? 5 : 4, refusal);
  } else if (action === 'off') {
    assert.ok(fields, said);
    assert.deepEqual(values(fields, 'Authentication-Results'), []);
    assert.deepEqual(values(fields, 'X-Warning'), []);
  } else assertWarned(fields, one, said);
}

/** The reply is in what the client said; msmtp tells it in words of its own. */
function assertRefused(said: string, by: 4 | 5, [detail, text]: readonly [string, string]): void {
  const code = by === 5 ? 550 : 451;
  const lines = [' ', '-'].map((sign) => `${code}${sign}${by}.${detail} ${text}`);
  const told = said.includes(`server message: ${code}`) && said.includes(text);
  assert.ok(told || lines.some((line) => said.includes(line)), said);
}

/** Whoever is refused. */
const FORGED: Letter = {
  ip: LISTED,
  from: 'ann@refused.example',
  message: [
    'Authentication-Results: poul.org; spf=pass smtp.mailfrom=forged.example',
    'Authentication-Results: other.example; spf=pass',
    'X-Warning: forged',
    'From: ann@strict.example',
    '',
    'Body.',
    '',
  ].join('\n'),
};

async function assertPostmaster(world: World): Promise<void> {
  const before = world.site.mailbox('ale').length;
  const letter = { ...FORGED, to: 'Postmaster@poul.org' };
  const said = await swaks(letter, world.server, world.site);
  const fields = await fetched(world, before);
  assert.ok(fields, said);
  const [ours, ...theirs] = values(fields, 'Authentication-Results');
  assert.match(ours!, /^poul\.org;.*spf=fail smtp\.mailfrom=refused\.example.*dmarc=fail/);
  assert.deepEqual(theirs, ['other.example; spf=pass']);
  assert.deepEqual(values(fields, 'X-Warning'), [
    listed,
    notAllowed.replace(UNLISTED, LISTED),
    nameless,
    disowned,
  ]);
}

async function assertLoggedIn(world: World): Promise<void> {
  const before = world.site.mailbox('ale').length;
  const login = ['-tls', '--auth', 'PLAIN', '--auth-user', 'ale', '--auth-password', PASSWORDS.ale];
  const said = await swaks(FORGED, world.server, world.site, login);
  const fields = await fetched(world, before);
  assert.ok(fields, said);
  assert.deepEqual(values(fields, 'Authentication-Results'), ['other.example; spf=pass']);
  assert.deepEqual(values(fields, 'X-Warning'), []);
}

judgedTest('hostile 76: a DNS that never answers harms no mail', async (context) => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  context.after(() => silent.close());
  const site = new Site(`
[checks]
dnsbl = { zones = ["zen.test"], action = "reject", timeout = "1s" }
spf = { action = "reject", timeout = "1s" }
dkim = { action = "reject", timeout = "1s" }
dmarc = { action = "reject", timeout = "1s" }
rdns = { action = "reject", timeout = "1s" }
[dns]
servers = ["127.0.0.1:${silent.address().port}"]
`);
  context.after(() => site.remove());
  const server = await site.start();
  context.after(() => server.stop());
  const message = await signedFor('strict.example', 'From: ann@strict.example\n\nBody.\n');
  const said = await swaks({ ip: LISTED, from: 'ann@refused.example', message }, server, site);
  const fields = await fetched({ site, server }, 0);
  assert.ok(fields, said);
  const [ours = ''] = values(fields, 'Authentication-Results');
  assert.deepEqual(ours.match(/\w+=temperror/g), [
    'iprev=temperror',
    'spf=temperror',
    'dkim=temperror',
    'dmarc=temperror',
  ]);
  assert.deepEqual(values(fields, 'X-Warning'), []);
});
