/** The chain of a message that comes in, told to its reader, and sealed where it goes on. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { generateKey, verify } from '@postino/dkim';
import { seal, verifyArc } from '@postino/dkim/arc';
import type { Wishes } from './site.ts';
import { fieldsOf } from './checked-site.ts';
import { Internet, until } from './internet.ts';
import { makeFolder, type Site } from './site.ts';

const key = await generateKey({ algorithm: 'ed25519' });
const MESSAGE = 'From: ann@example.net\r\nSubject: ciao\r\n\r\nBody.\r\n';
const KEYS = {
  'list._domainkey.example.org': { TXT: [key.record] },
  'dkim._domainkey.poul.org': { TXT: [key.record] },
};
const ON = { checks: { arc: { action: 'on' } } };
const SEALING = {
  ...ON,
  dkim: { domain: 'poul.org', private_key: 'dkim.key', seal: true },
};

/** The message as a list sealed it. */
async function sealed(message = MESSAGE): Promise<string> {
  const fields = await seal(Buffer.from(message), {
    authservId: 'list.example.org',
    domain: 'example.org',
    selector: 'list',
    key: key.privateKey,
    results: [{ method: 'spf', result: 'pass' }],
  });
  return `${fields}${message}`;
}

interface Forwarding {
  readonly internet: Internet;
  readonly letters: { readonly text: string }[];
  readonly site: Site;
}

/** A server that keeps mail for `away` and sends it on. */
async function forwarding(context: TestContext, wishes: Wishes): Promise<Forwarding> {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  internet.add(KEYS);
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'away: ale, x@one.example\n');
  writeFileSync(join(folder, 'dkim.key'), key.privateKey);
  return { internet, letters, site: await internet.site(wishes, {}, folder) };
}

/** What came of a message to `away`: our results, as its reader here sees them, and what went on. */
async function forwarded(
  { letters, site }: Forwarding,
  message: string,
): Promise<{ told: string | undefined; sent: Buffer }> {
  const talk = await site.smtp();
  const body = message.endsWith('\r\n') ? message.slice(0, -2) : message;
  assert.match(await talk.send(['away@poul.org'], body, 'ann@example.net'), /^250 /);
  await until('it went on', () => letters.length === 1);
  const told = fieldsOf(site)[0]!.find((field) => field.startsWith('Authentication-Results: poul'));
  return {
    told: told?.slice(told.indexOf('arc=')),
    sent: Buffer.from(letters[0]!.text, 'latin1'),
  };
}

test('the chain of a message is told, and harms none', async (context) => {
  const good = await forwarding(context, ON);
  const { told } = await forwarded(good, await sealed());
  assert.equal(told, 'arc=pass smtp.remote-ip=127.0.0.1 header.oldest-pass=0');
});

test('a message without a chain, and one whose chain is broken', async (context) => {
  const none = await forwarding(context, ON);
  assert.equal((await forwarded(none, MESSAGE)).told, 'arc=none smtp.remote-ip=127.0.0.1');
  const broken = await forwarding(context, ON);
  const changed = (await sealed()).replace('Body', 'Buddy');
  assert.match(
    (await forwarded(broken, changed)).told!,
    /^arc=fail reason="ARC-Message-Signature /,
  );
});

for (const chained of [false, true]) {
  test(`what is forwarded is sealed, ${chained ? 'its chain goes on' : 'a chain begins'}`, async (context) => {
    const site = await forwarding(context, SEALING);
    const { sent } = await forwarded(site, chained ? await sealed() : MESSAGE);
    const { resolver } = site.internet;
    const { result, oldestPass, sets } = await verifyArc(sent, { resolver });
    assert.deepEqual(
      [result, oldestPass, sets.length],
      ['pass', 0, chained ? 2 : 1],
      sent.toString(),
    );
    const { seal: ours, authenticationResults, message } = sets.at(-1)!;
    assert.equal(ours!.domain, 'poul.org');
    assert.deepEqual(
      authenticationResults!.results.map(({ method, result: word }) => `${method}=${word}`),
      [`arc=${chained ? 'pass' : 'none'}`],
    );
    assert.equal(authenticationResults!.authservId, 'poul.org');
    assert.ok(message!.signedHeaders!.includes('dkim-signature'));
    assert.equal((await verify(sent, { resolver }))[0]!.result, 'pass');
  });
}

test('a broken chain is sealed as broken', async (context) => {
  const site = await forwarding(context, SEALING);
  const { sent } = await forwarded(site, (await sealed()).replace('Body', 'Buddy'));
  const { reason } = await verifyArc(sent, { resolver: site.internet.resolver });
  assert.equal(reason, 'the ARC-Seal of instance 2 says cv=fail');
});

test('what a user of ours sends is signed and not sealed, whatever it claims', async (context) => {
  const { site, letters, internet } = await forwarding(context, SEALING);
  const talk = await site.smtp();
  await talk.login('ale');
  const from = 'ale@poul.org';
  const forged = `Authentication-Results: poul.org; arc=none\r\nFrom: ${from}\r\n\r\nHi`;
  assert.match(await talk.submit(from, ['bob@one.example'], forged), /^250 /);
  await until('it came', () => letters.length === 1);
  const sent = Buffer.from(letters[0]!.text, 'latin1');
  assert.deepEqual(await verifyArc(sent, { resolver: internet.resolver }), {
    result: 'none',
    sets: [],
  });
  assert.equal((await verify(sent, { resolver: internet.resolver }))[0]!.result, 'pass');
});
