/** Mail from outside is judged: what the client hears, and what the reader of the message is told. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { generateKey, sign } from '@postino/dkim';
import { zone } from '@postino/dns';
import { fieldsOf, startChecked, type ChecksWish } from './checked-site.ts';
import { serveDns } from './dns-server.ts';
import { PASSWORDS, type Site, type Talk } from './site.ts';

const MESSAGE = 'From: ann@example.net\r\nSubject: ciao\r\n\r\nBody.';
const TO = ['ale@poul.org'];
const ZONES = ['one.test', 'zen.test', 'psbl.test'];
const LISTED = { A: ['127.0.0.2'], TXT: ['Ask at the door'] };
const key = await generateKey({ algorithm: 'ed25519' });

type World = Parameters<typeof zone>[0];

/** What the DNS says in all tests, unless a test wants it otherwise. */
const WORLD: World = {
  '1.0.0.127.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['127.0.0.1'], TXT: ['v=spf1 a -all'] },
  'example.net': { TXT: ['v=spf1 ip4:127.0.0.1 -all'] },
  'example.org': { TXT: ['v=spf1 ip4:192.0.2.1 -all exp=why.example.org'] },
  'why.example.org': { TXT: ['%{i} is a stranger to us'] },
  'soft.example': { TXT: ['v=spf1 ~all'] },
  'sel._domainkey.example.net': { TXT: [key.record] },
};

const DMARC = { '_dmarc.example.net': { TXT: ['v=DMARC1; p=reject'] } };

function start(context: TestContext, checks: ChecksWish, world: World = {}): Promise<Site> {
  return startChecked(context, checks, zone({ ...WORLD, ...world }));
}

/** Sends one message, and gives the reply and the fields of what was stored. */
async function sent(
  site: Site,
  { message = MESSAGE, from = 'ann@example.net' } = {},
): Promise<{ reply: string; fields: string[] }> {
  const talk = await site.smtp();
  const reply = await talk.send(TO, message, from);
  talk.destroy();
  return { reply, fields: fieldsOf(site).at(-1) ?? [] };
}

/** What the recipient of a sender is answered. */
async function refused(talk: Talk, from: string): Promise<string> {
  assert.match(await talk.say(`MAIL FROM:<${from}>`), /^250 /);
  return talk.say('RCPT TO:<ale@poul.org>');
}

/** The whole value of our own results. */
function results(fields: readonly string[]): string | undefined {
  return fields
    .find((field) => field.startsWith('Authentication-Results: poul.org;'))
    ?.slice('Authentication-Results: poul.org;\t'.length)
    .replaceAll(';\t', '; ');
}

function warnings(fields: readonly string[]): string[] {
  return fields.filter((field) => field.startsWith('X-Warning:'));
}

async function signed(message: string): Promise<string> {
  const bytes = Buffer.from(`${message}\r\n`);
  const options = { domain: 'example.net', selector: 'sel', key: key.privateKey };
  return `${await sign(bytes, options)}${message}`;
}

test('without checks nobody is asked, and nothing is added', async (context) => {
  const site = await start(context, {});
  const { fields } = await sent(site, { from: 'ann@example.org' });
  assert.equal(results(fields), undefined);
  assert.match(fields.join('\n'), /^Received: from \[127\.0\.0\.1\] \(helo=client\.example\)\t/m);
});

test('a listed client: the first list in order is named once, at the end of the header', async (context) => {
  const site = await start(
    context,
    { dnsbl: { action: 'warn', zones: ZONES } },
    { '1.0.0.127.zen.test': LISTED, '1.0.0.127.psbl.test': LISTED },
  );
  const { reply, fields } = await sent(site);
  assert.match(reply, /^250 /);
  assert.equal(fields.at(-1), 'X-Warning: 127.0.0.1 is in a black list at zen.test');
  assert.equal(warnings(fields).length, 1);
});

for (const [dnsbl, mended] of [
  [{ action: 'reject' }, 'zones = ["…"] in [checks.dnsbl], or action = "off"'],
  [{ action: 'off', zones: ZONES }, 'action = "warn" in [checks.dnsbl], or leave zones out'],
] as const) {
  test(`lists that nobody asks, action ${dnsbl.action}: the operator is told at the start`, async (context) => {
    const site = await start(context, { dnsbl: { zones: [], ...dnsbl } });
    const told = site.log.filter(({ msg }) => String(msg).startsWith('no black list is asked'));
    assert.deepEqual(
      told.map(({ level, msg }) => [level, msg]),
      [[40, `no black list is asked; give ${mended}`]],
    );
  });
}

test('a client on no list is not warned of', async (context) => {
  const site = await start(context, { dnsbl: { action: 'warn', zones: ZONES } });
  assert.deepEqual(warnings((await sent(site)).fields), []);
});

for (const [action, reply] of [
  ['reject', '550-5.7.1 127.0.0.1 is in a black list at zen.test\n550 5.7.1 Ask at the door'],
  ['defer', '451-4.7.1 127.0.0.1 is in a black list at zen.test\n451 4.7.1 Ask at the door'],
] as const) {
  test(`a listed client, ${action}: it hears so at RCPT, and the postmaster can be asked`, async (context) => {
    const site = await start(
      context,
      { dnsbl: { action, zones: ZONES } },
      { '1.0.0.127.zen.test': LISTED },
    );
    const talk = await site.smtp();
    await talk.say('EHLO client.example');
    assert.match(await talk.say('MAIL FROM:<ann@example.net>'), /^250 /);
    assert.equal(await talk.say('RCPT TO:<ale@poul.org>'), reply);
    assert.match(await talk.say('DATA'), /^503 /);
    assert.match(await talk.say('RCPT TO:<Postmaster>'), /^250 /);
    assert.match(await talk.say('RCPT TO:<postMaster@poul.org>'), /^250 /);
    assert.match(await talk.say('RCPT TO:<who@poul.org>'), /^550 5\.1\.1 /);
    assert.match(await talk.say('DATA'), /^354 /);
    talk.write(`${MESSAGE}\r\n.\r\n`);
    assert.match(await talk.hear(), /^250 /);
    assert.equal(fieldsOf(site)[0]!.at(-1), 'X-Warning: 127.0.0.1 is in a black list at zen.test');
  });
}

test('a list in the notation of Exim counts some answers only', async (context) => {
  const zones = ['zen.test=127.0.0.3', 'psbl.test=127.0.0.2'];
  const site = await start(
    context,
    { dnsbl: { action: 'warn', zones } },
    { '1.0.0.127.zen.test': LISTED, '1.0.0.127.psbl.test': LISTED },
  );
  assert.deepEqual(warnings((await sent(site)).fields), [
    'X-Warning: 127.0.0.1 is in a black list at psbl.test',
  ]);
});

test('the DNS servers of the configuration are asked', async (context) => {
  const world = { ...WORLD, ...DMARC, '1.0.0.127.zen.test': LISTED };
  const address = await serveDns(context, zone(world));
  const warn = { action: 'warn' };
  const site = await startChecked(
    context,
    { dnsbl: { ...warn, zones: ZONES }, spf: warn, dkim: warn, dmarc: warn, rdns: warn },
    { servers: [address] },
  );
  const { fields } = await sent(site, { message: await signed(MESSAGE), from: 'ann@example.org' });
  assert.match(
    results(fields)!,
    /^iprev=pass .*; spf=fail smtp\.mailfrom=example\.org; dkim=pass .*; dmarc=pass header\.from=example\.net$/,
  );
  assert.deepEqual(warnings(fields), [
    'X-Warning: 127.0.0.1 is in a black list at zen.test',
    'X-Warning: 127.0.0.1 is not allowed to send mail from example.org',
  ]);
});

const DEAD: readonly (readonly [what: string, world: World])[] = [
  ['that does not answer', { '1.0.0.127.zen.test': { fail: 'ETIMEOUT' } }],
  ['whose server fails', { '1.0.0.127.zen.test': { fail: 'ESERVFAIL' } }],
  ['that answers outside 127/8', { '1.0.0.127.zen.test': { A: ['192.0.2.99'] } }],
  ['that does not serve us', { '1.0.0.127.zen.test': { A: ['127.255.255.254'] } }],
];
for (const [what, world] of DEAD) {
  test(`hostile 76: a list ${what} harms no mail`, async (context) => {
    const site = await start(context, { dnsbl: { action: 'reject', zones: ['zen.test'] } }, world);
    const { reply, fields } = await sent(site);
    assert.match(reply, /^250 /);
    assert.deepEqual(warnings(fields), []);
    assert.ok(
      site.log.some(({ msg, zone: of }) => /no answer/.test(String(msg)) && of === 'zen.test'),
    );
  });
}

test('hostile 76: a list may say what it likes, the reply stays a reply', async (context) => {
  const text = 'x'.repeat(5000);
  const site = await start(
    context,
    { dnsbl: { action: 'reject', zones: ['zen.test'] } },
    { '1.0.0.127.zen.test': { A: ['127.0.0.2'], TXT: [`go\r\n250 away ${text}`] } },
  );
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  const lines = (await refused(talk, 'ann@example.net')).split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[1]!, /^550 5\.7\.1 go {2}250 away x+$/);
  assert.ok(lines[1]!.length < 512);
});

test('a domain that allows the client passes, one that does not is warned of', async (context) => {
  const site = await start(context, { spf: { action: 'warn' } });
  const good = await sent(site);
  assert.equal(results(good.fields), 'spf=pass smtp.mailfrom=example.net');
  assert.deepEqual(warnings(good.fields), []);
  const bad = await sent(site, { from: 'ann@example.org' });
  assert.match(bad.reply, /^250 /);
  assert.equal(results(bad.fields), 'spf=fail smtp.mailfrom=example.org');
  assert.equal(
    bad.fields.at(-1),
    'X-Warning: 127.0.0.1 is not allowed to send mail from example.org',
  );
  const soft = await sent(site, { from: 'ann@soft.example' });
  assert.equal(results(soft.fields), 'spf=softfail smtp.mailfrom=soft.example');
  assert.deepEqual(warnings(soft.fields), []);
});

test('Received-SPF is added where it is wanted, above our Received and all others', async (context) => {
  const site = await start(context, { spf: { action: 'warn', received_spf: true } });
  const message = `Received-SPF: pass\r\nReceived: from a by b; x\r\n${MESSAGE}`;
  const { fields } = await sent(site, { message, from: 'ann@example.org' });
  assert.equal(
    fields[3],
    [
      'Received-SPF: fail',
      '(poul.org: domain of ann@example.org does not designate 127.0.0.1 as permitted sender)',
      'identity=mailfrom;',
      'client-ip=127.0.0.1;',
      'helo=client.example;',
      'envelope-from="ann@example.org";',
      'receiver=poul.org;',
      'mechanism=-all;',
    ].join('\t'),
  );
  assert.deepEqual(
    fields.slice(3).map((field) => field.split(':')[0]),
    [
      'Received-SPF',
      'Received',
      'Authentication-Results',
      'Received-SPF',
      'Received',
      'From',
      'Subject',
      'X-Warning',
    ],
  );
});

for (const [action, code, status] of [
  ['reject', 550, '5.7.23'],
  ['defer', 451, '4.7.23'],
] as const) {
  test(`a domain that does not allow the client, ${action}: it hears so at RCPT, and why`, async (context) => {
    const site = await start(context, { spf: { action } });
    const talk = await site.smtp();
    await talk.say('EHLO client.example');
    assert.equal(
      await refused(talk, 'ann@example.org'),
      `${code}-${status} 127.0.0.1 is not allowed to send mail from example.org\n` +
        `${code} ${status} example.org explains: 127.0.0.1 is a stranger to us`,
    );
    await talk.say('RSET');
    assert.match(await refused(talk, 'ann@example.net'), /^250 /);
  });
}

test('hostile 75: the null sender is judged by HELO, and no literal is a domain', async (context) => {
  const site = await start(context, { spf: { action: 'reject' } });
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  assert.match(await refused(talk, ''), /^250 /);
  await talk.say('EHLO example.org');
  assert.match(await refused(talk, ''), /^550-5\.7\.23 .* from example\.org\n/);
  await talk.say('EHLO [127.0.0.1]');
  assert.match(await refused(talk, ''), /^250 /);
});

test('hostile 75: a local part with blanks and percent signs is a macro like others', async (context) => {
  const site = await start(
    context,
    { spf: { action: 'warn' } },
    {
      'odd.example': { TXT: ['v=spf1 exists:%{l}.%{d} -all'] },
      'a%b.odd.example': { A: ['127.0.0.2'] },
    },
  );
  const percent = await sent(site, { from: 'a%b@odd.example' });
  assert.equal(results(percent.fields), 'spf=pass smtp.mailfrom=odd.example');
  const blank = await sent(site, { from: '"a b"@odd.example' });
  assert.match(results(blank.fields)!, /^spf=(?:fail|temperror) .*smtp\.mailfrom=odd\.example$/);
});

test('hostile 74: what is wrong with the record or the DNS is told and harms no mail', async (context) => {
  const site = await start(
    context,
    { spf: { action: 'reject' } },
    {
      'loop.example': { TXT: ['v=spf1 redirect=loop.example'] },
      'two.example': { TXT: ['v=spf1 -all', 'v=spf1 +all'] },
      'dead.example': { fail: 'ETIMEOUT' },
    },
  );
  for (const [domain, result] of [
    ['loop.example', 'permerror'],
    ['two.example', 'permerror'],
    ['dead.example', 'temperror'],
    ['none.example', 'none'],
  ]) {
    const { reply, fields } = await sent(site, { from: `ann@${domain}` });
    assert.match(reply, /^250 /, domain);
    assert.match(results(fields)!, new RegExp(`^spf=${result} .*smtp\\.mailfrom=${domain}$`));
  }
});

test('the client is named when its name leads back to it', async (context) => {
  const site = await start(context, { rdns: { action: 'warn' } });
  const { fields } = await sent(site);
  assert.match(fields.join('\n'), /^Received: from client\.example \(\[127\.0\.0\.1\]\)\t/m);
  assert.equal(results(fields), 'iprev=pass policy.iprev=127.0.0.1');
  assert.deepEqual(warnings(fields), []);
});

const UNCONFIRMED: readonly (readonly [what: string, world: World, result: string])[] = [
  ['no name', { '1.0.0.127.in-addr.arpa': {} }, 'permerror'],
  ['a name without an address', { 'client.example': {} }, 'fail'],
  ['a name of another address', { 'client.example': { A: ['192.0.2.1'] } }, 'fail'],
  ['a name with a space', { '1.0.0.127.in-addr.arpa': { PTR: ['client example'] } }, 'fail'],
  ['a name with a bracket', { '1.0.0.127.in-addr.arpa': { PTR: ['client.example)('] } }, 'fail'],
  ['a long name', { '1.0.0.127.in-addr.arpa': { PTR: [`${'a.'.repeat(150)}example`] } }, 'fail'],
];
for (const [what, world, result] of UNCONFIRMED) {
  test(`hostile 44: ${what} is not shown as the client's`, async (context) => {
    const site = await start(context, { rdns: { action: 'warn' } }, world);
    const { fields } = await sent(site);
    assert.match(fields.join('\n'), /^Received: from \[127\.0\.0\.1\] \(helo=client\.example\)\t/m);
    assert.equal(results(fields), `iprev=${result} policy.iprev=127.0.0.1`);
    assert.deepEqual(warnings(fields), [
      'X-Warning: 127.0.0.1 has no host name that leads back to it',
    ]);
  });
}

test('hostile 44: of several names the first that leads back is shown', async (context) => {
  const names = ['liar.example', 'client.example', 'other.example'];
  const site = await start(
    context,
    { rdns: { action: 'reject' } },
    {
      '1.0.0.127.in-addr.arpa': { PTR: names },
      'liar.example': { A: ['192.0.2.1'] },
      'other.example': { A: ['127.0.0.1'] },
    },
  );
  const { fields } = await sent(site);
  assert.match(fields.join('\n'), /^Received: from client\.example \(\[127\.0\.0\.1\]\)\t/m);
});

test('a client without a name is refused where the operator wants it, and not when the DNS is dead', async (context) => {
  const nameless = await start(
    context,
    { rdns: { action: 'reject' } },
    { '1.0.0.127.in-addr.arpa': {} },
  );
  const talk = await nameless.smtp();
  await talk.say('EHLO client.example');
  assert.equal(
    await refused(talk, 'ann@example.net'),
    '550 5.7.25 127.0.0.1 has no host name that leads back to it',
  );
  const dead = await start(
    context,
    { rdns: { action: 'reject' } },
    { '1.0.0.127.in-addr.arpa': { fail: 'ETIMEOUT' } },
  );
  const { reply, fields } = await sent(dead);
  assert.match(reply, /^250 /);
  assert.equal(results(fields), 'iprev=temperror policy.iprev=127.0.0.1');
});

test('hostile 43: nothing that the DNS, HELO or the sender say becomes a field of its own', async (context) => {
  const forged = 'x\r\nX-Warning: forged\r\n\r\nforged';
  const all = Object.fromEntries(
    ['spf', 'dkim', 'dmarc', 'rdns'].map((check) => [check, { action: 'warn' }]),
  );
  const site = await start(
    context,
    { ...all, dnsbl: { action: 'warn', zones: ['zen.test'] } },
    {
      '1.0.0.127.in-addr.arpa': { PTR: [forged, `client.example\r\nX-Warning: forged`] },
      '1.0.0.127.zen.test': { A: ['127.0.0.2'], TXT: [forged] },
      'example.org': { TXT: ['v=spf1 -all exp=why.example.org'] },
      'why.example.org': { TXT: [forged] },
      'evil.example': { TXT: [`v=spf1 ${forged}`] },
      '_dmarc.example.net': { TXT: [`v=DMARC1; p=reject; rua=${forged}`] },
      'sel._domainkey.evil.example': { TXT: [forged] },
    },
  );
  const message = `DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=sel; h=from; bh=eA==; b=eA==;\r\n${MESSAGE}`;
  const { fields } = await sent(site, { message, from: 'ann@example.org' });
  const names = fields.map((field) => field.split(':')[0]!);
  assert.deepEqual(names, [
    'Return-path',
    'Envelope-to',
    'Delivery-date',
    'Received',
    'Authentication-Results',
    'DKIM-Signature',
    'From',
    'Subject',
    'X-Warning',
    'X-Warning',
    'X-Warning',
    'X-Warning',
    'X-Warning',
  ]);
  assert.doesNotMatch(fields.join('\n'), /^forged/m);
  const broken = await sent(site, { from: 'ann@evil.example' });
  assert.match(results(broken.fields)!, /spf=permerror/);
  assert.equal(warnings(broken.fields).filter((field) => /: forged/.test(field)).length, 0);
});

test('hostile 46: results and warnings that claim to be ours are gone, and ours are there', async (context) => {
  const site = await start(context, { spf: { action: 'warn' } });
  const forged = [
    'Authentication-Results: poul.org; spf=pass smtp.mailfrom=forged.example',
    'Authentication-Results: (x) "POUL.org" 1; dkim=pass',
    'Authentication-Results: other.example; spf=pass',
    'X-Warning: forged',
  ].join('\r\n');
  const { fields } = await sent(site, {
    message: `${forged}\r\n${MESSAGE}`,
    from: 'ann@example.org',
  });
  assert.deepEqual(fields.slice(4), [
    'Authentication-Results: poul.org;\tspf=fail smtp.mailfrom=example.org',
    'Authentication-Results: other.example; spf=pass',
    'From: ann@example.net',
    'Subject: ciao',
    'X-Warning: 127.0.0.1 is not allowed to send mail from example.org',
  ]);
});

test('who has logged in is not judged', async (context) => {
  const reject = { action: 'reject' };
  const site = await start(
    context,
    {
      dnsbl: { action: 'reject', zones: ['zen.test'] },
      spf: reject,
      dkim: reject,
      dmarc: reject,
      rdns: reject,
    },
    { '1.0.0.127.zen.test': LISTED, '_dmarc.example.net': { TXT: ['v=DMARC1; p=reject'] } },
  );
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  const login = Buffer.from(`\0ale\0${PASSWORDS.ale}`).toString('base64');
  assert.match(await talk.say(`AUTH PLAIN ${login}`), /^235 /);
  assert.match(await talk.send(TO, MESSAGE, 'ann@example.org'), /^250 /);
  const [fields] = fieldsOf(site);
  assert.equal(results(fields!), undefined);
  assert.deepEqual(warnings(fields!), []);
});

test('a good signature, a broken one, and none', async (context) => {
  const site = await start(context, { dkim: { action: 'warn' } });
  const message = await signed(MESSAGE);
  const good = await sent(site, { message });
  assert.match(
    results(good.fields)!,
    /^dkim=pass header\.d=example\.net header\.i=@example\.net header\.s=sel header\.a=ed25519-sha256 header\.b=.{8,10}$/,
  );
  assert.deepEqual(warnings(good.fields), []);
  const broken = await sent(site, { message: message.replace('Body', 'Buddy') });
  assert.match(results(broken.fields)!, /^dkim=fail reason=.* header\.d=example\.net /);
  assert.deepEqual(warnings(broken.fields), [
    'X-Warning: no DKIM signature of this message is valid',
  ]);
  const unsigned = await sent(site);
  assert.equal(results(unsigned.fields), 'dkim=none');
  assert.deepEqual(warnings(unsigned.fields), []);
});

test('a signature holds however the content is cut, and whatever we strip', async (context) => {
  const site = await start(context, { dkim: { action: 'reject' } });
  const message = await signed(`X-Warning: forged\r\n${MESSAGE}`);
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  await talk.say('MAIL FROM:<ann@example.net>');
  await talk.say('RCPT TO:<ale@poul.org>');
  await talk.say('DATA');
  for (const octet of `${message}\r\n.\r\n`) {
    talk.write(octet);
    await new Promise(setImmediate);
  }
  assert.match(await talk.hear(), /^250 /);
  assert.match(results(fieldsOf(site)[0]!)!, /^dkim=pass /);
});

test('hostile 77: a bad signature is refused where the operator wants it; none at all, and no answer, are not', async (context) => {
  const site = await start(
    context,
    { dkim: { action: 'reject' } },
    { 'dead._domainkey.example.net': { fail: 'ETIMEOUT' } },
  );
  const message = await signed(MESSAGE);
  const broken = await sent(site, { message: message.replace('Body', 'Buddy') });
  assert.equal(broken.reply, '550 5.7.20 no DKIM signature of this message is valid');
  assert.deepEqual(fieldsOf(site), []);
  assert.match((await sent(site)).reply, /^250 /);
  const dead = await sent(site, { message: message.replace('s=sel', 's=dead') });
  assert.match(dead.reply, /^250 /);
  assert.match(results(dead.fields)!, /^dkim=temperror /);
});

test('hostile 77: 500 signatures are bounded work and a bounded field', async (context) => {
  const site = await start(context, { dkim: { action: 'warn' } });
  const field = (await signed(MESSAGE)).slice(0, -MESSAGE.length).replace('s=sel', 's=none');
  const { reply, fields } = await sent(site, { message: `${field.repeat(500)}${MESSAGE}` });
  assert.match(reply, /^250 /);
  assert.equal(results(fields)!.split('; ').length, 21);
});

test('mail that the domain of its author disowns: refused, deferred, or warned of', async (context) => {
  const said = 'this message fails DMARC, and the policy of example.net is reject';
  const forged = { from: 'ann@soft.example' };
  const reject = await start(context, { dmarc: { action: 'reject' } }, DMARC);
  assert.equal((await sent(reject, forged)).reply, `550 5.7.26 ${said}`);
  assert.deepEqual(fieldsOf(reject), []);
  const defer = await start(context, { dmarc: { action: 'defer' } }, DMARC);
  assert.equal((await sent(defer, forged)).reply, `451 4.7.26 ${said}`);
  const warn = await start(context, { dmarc: { action: 'warn' } }, DMARC);
  const { fields } = await sent(warn, forged);
  assert.deepEqual(warnings(fields), [`X-Warning: ${said}`]);
  assert.equal(
    results(fields),
    'spf=softfail smtp.mailfrom=soft.example; dkim=none; dmarc=fail header.from=example.net policy.dmarc=reject',
  );
});

test('what the postmaster alone gets is not refused by its content, only warned of', async (context) => {
  const site = await start(context, { dmarc: { action: 'reject' } }, DMARC);
  const to = async (...recipients: string[]): Promise<string> => {
    const talk = await site.smtp();
    return talk.send(recipients, MESSAGE, 'ann@soft.example');
  };
  assert.match(await to('postmaster@poul.org', 'ale@poul.org'), /^550 5\.7\.26 /);
  assert.match(await to('postmaster@poul.org'), /^250 /);
  assert.deepEqual(warnings(fieldsOf(site)[0]!), [
    'X-Warning: this message fails DMARC, and the policy of example.net is reject',
  ]);
});

test('SPF or DKIM in the name of the author is enough for DMARC', async (context) => {
  const site = await start(context, { dmarc: { action: 'reject' } }, DMARC);
  const bySpf = await sent(site);
  assert.match(results(bySpf.fields)!, /; dmarc=pass header\.from=example\.net$/);
  const byDkim = await sent(site, { message: await signed(MESSAGE), from: 'ann@soft.example' });
  assert.match(results(byDkim.fields)!, /; dmarc=pass header\.from=example\.net$/);
});

test('a policy of quarantine is a warning, one of none is nothing', async (context) => {
  for (const [policy, count] of [
    ['quarantine', 1],
    ['none', 0],
  ] as const) {
    const record = { '_dmarc.example.net': { TXT: [`v=DMARC1; p=${policy}`] } };
    const site = await start(context, { dmarc: { action: 'reject' } }, record);
    const { reply, fields } = await sent(site, { from: 'ann@soft.example' });
    assert.match(reply, /^250 /);
    assert.equal(warnings(fields).length, count);
    assert.match(results(fields)!, new RegExp(`policy\\.dmarc=${policy}$`));
  }
});

const SEVERAL_AUTHORS: readonly (readonly [what: string, fields: string])[] = [
  ['two From fields', 'From: bob@soft.example\r\nFrom: ann@example.net'],
  ['two addresses', 'From: bob@soft.example, ann@example.net'],
  ['a group', 'From: friends: bob@soft.example, ann@example.net;'],
  ['a From that breaks the grammar', 'From: bob@soft.example <<ann@example.net>'],
];
for (const [what, from] of SEVERAL_AUTHORS) {
  test(`hostile 77: ${what}: the author that is disowned counts`, async (context) => {
    const site = await start(context, { dmarc: { action: 'reject' } }, DMARC);
    const message = `${from}\r\n\r\nBody.`;
    assert.match((await sent(site, { message, from: 'bob@soft.example' })).reply, /^550 5\.7\.26 /);
  });
}
