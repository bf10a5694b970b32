/**
 * DKIM beside other programs: what we sign passes with them, what they sign passes with us, and what was broken passes with
 * nobody. Each program runs once, with all messages.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, test } from 'node:test';

import { type DkimSignerOptions, formatKeyRecord, sign, verify } from '@postino/dkim';
import { zone } from '@postino/dns';

import { KNOWN_DIFFERENCES, type Side } from './dkim-differences.ts';
import { type Answers, type How, type Program, PROGRAMS } from './dkim-programs.ts';
import { type Sample, samples } from './messages.ts';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const DOMAIN = 'example.org';
const CANONICAL = ['simple', 'relaxed'] as const;
const KEYS: readonly (readonly [How['algorithm'], KeyObject])[] = [
  ['rsa-sha256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['ed25519-sha256', generateKeyPairSync('ed25519').privateKey],
];

/** Every algorithm with every pair of canonicalizations, each under a selector of its own. */
const HOW: readonly How[] = KEYS.flatMap(([algorithm, key]) =>
  CANONICAL.flatMap((header) =>
    CANONICAL.map((body) => ({
      selector: `${algorithm.slice(0, -7)}-${header}-${body}`,
      domain: DOMAIN,
      algorithm,
      header,
      body,
      key,
    })),
  ),
);
const OTHER = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const RECORDS = Object.fromEntries(
  HOW.map(({ selector, key }) => [`${selector}._domainkey.${DOMAIN}`, formatKeyRecord(key)]),
);
const resolver = zone(
  Object.fromEntries(Object.entries(RECORDS).map(([name, text]) => [name, { TXT: [text] }])),
);

/** Enough to meet every case, few enough for seconds. */
const SAMPLES = samples(40);
const NOW = Date.now();
const LONG_AGO = Date.UTC(2001, 0, 1);

/** These signatures, made at this time. */
function optionsOf(
  hows: readonly How[],
  more: { now?: number; expires?: number } = {},
): DkimSignerOptions[] {
  const { now = NOW, ...rest } = more;
  return hows.map(({ header, body, ...how }) => ({
    ...how,
    ...rest,
    canonicalization: `${header}/${body}`,
    now: () => now,
  }));
}

/** The message with signatures above it. */
async function signed(message: Buffer, options: DkimSignerOptions[]): Promise<Buffer> {
  return Buffer.concat([Buffer.from(await sign(message, options)), message]);
}

/** The same octets in pieces. */
async function* inPieces(message: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < message.length; at += size) yield message.subarray(at, at + size);
}

async function* cutAt(message: Buffer, place: number): AsyncGenerator<Buffer> {
  yield message.subarray(0, place);
  yield message.subarray(place);
}

interface Broken {
  readonly what: string;
  readonly sample: Sample;
  readonly message: Buffer;
}

/** A change that every signature must notice. */
const BREAKS: Readonly<Record<string, (signed: Buffer) => Buffer>> = {
  'an octet of the body': (message) => {
    const start = message.indexOf('\r\n\r\n') + 4;
    const text = message.toString('latin1');
    const at = text.search(/[!-~]\s*$/);
    if (start === 3) return Buffer.concat([message, Buffer.from('\r\nx\r\n')]);
    if (at < start) return Buffer.concat([message, Buffer.from('x\r\n')]);
    return Buffer.from(
      `${text.slice(0, at)}${text[at] === 'Y' ? 'Z' : 'Y'}${text.slice(at + 1)}`,
      'latin1',
    );
  },
  From: (message) =>
    Buffer.from(message.toString('latin1').replace(/(\nFrom: .*@example\.)org/, '$1net'), 'latin1'),
};

/** Of a third of the messages: changed, by another key, and expired. */
async function brokenOnes(): Promise<Broken[]> {
  const broken: Broken[] = [];
  const rsa = HOW.filter(({ algorithm }) => algorithm === 'rsa-sha256');
  const byOther = optionsOf(rsa.map((how) => ({ ...how, key: OTHER })));
  const expiring = optionsOf(HOW, { now: LONG_AGO, expires: 60 });
  for (const sample of SAMPLES.filter((_, index) => index % 3 === 0)) {
    const good = await signed(sample.message, optionsOf(HOW));
    for (const [what, change] of Object.entries(BREAKS)) {
      const message = change(good);
      assert.ok(!message.equals(good), `${sample.title}: ${what} was not changed`);
      broken.push({ what, sample, message });
    }
    broken.push({ what: 'the key', sample, message: await signed(sample.message, byOther) });
    const expired = await signed(sample.message, expiring);
    broken.push({ what: 'its time is over', sample, message: expired });
  }
  return broken;
}

let ours: Buffer[];
let broken: Broken[];
const answers = new Map<string, Promise<Answers>>();

before(async () => {
  ours = await Promise.all(SAMPLES.map(({ message }) => signed(message, optionsOf(HOW))));
  broken = await brokenOnes();
});
after(() => answers.clear());

/** What a program says to everything: it is asked once. */
function asked(program: Program): Promise<Answers> {
  const { name, answer } = program;
  const known = answers.get(name);
  if (known) return known;
  const fresh = answer({
    keys: RECORDS,
    verify: [...ours, ...broken.map(({ message }) => message)],
    sign: SAMPLES.map(({ message }) => message),
    how: howOf(program),
  });
  answers.set(name, fresh);
  return fresh;
}

for (const size of [1, 7, 64]) {
  test(`in pieces of ${size} a message is signed as in one`, async () => {
    for (const [index, { title, message }] of SAMPLES.entries()) {
      const whole = ours[index]!.toString('latin1', 0, ours[index]!.length - message.length);
      assert.equal(await sign(inPieces(message, size), optionsOf(HOW)), whole, title);
    }
  });
}

test('cut in two at any place a message is signed as in one, and verified too', async () => {
  const quick = optionsOf(HOW.filter(({ algorithm }) => algorithm === 'ed25519-sha256'));
  for (const { title, message } of SAMPLES.filter(({ message }) => message.length < 120)) {
    const whole = await sign(message, quick);
    const full = Buffer.concat([Buffer.from(whole), message]);
    for (let place = 0; place <= message.length; place++) {
      assert.equal(await sign(cutAt(message, place), quick), whole, `${title}, cut at ${place}`);
      const results = await verify(cutAt(full, full.length - place), { resolver });
      assert.deepEqual(
        results.map(({ result }) => result),
        quick.map(() => 'pass'),
        title,
      );
    }
  }
});

test('what was broken does not pass with us', async () => {
  for (const { what, sample, message } of broken) {
    const results = await verify(message, { resolver });
    assert.ok(results.length >= 4);
    for (const { result, reason } of results) {
      assert.equal(
        result,
        what === 'its time is over' ? 'policy' : 'fail',
        `${sample.title}: ${what}: ${reason}`,
      );
    }
  }
});

/** For each message, by selector, what did not pass where it should have; known differences are left out, and must be there. */
function differences(program: Program, side: Side, verdicts: Answers['verdicts']): string[] {
  const known = KNOWN_DIFFERENCES.filter(
    (one) => one.program === program.name && one.sides.includes(side),
  );
  const met = new Set<string>();
  const wrong: string[] = [];
  for (const [index, { title, message }] of SAMPLES.entries()) {
    for (const how of howOf(program)) {
      const verdict = verdicts[index]![how.selector];
      if (verdict === 'pass') continue;
      const reason = known.find(({ when }) => when(message, how))?.reason;
      if (reason) met.add(reason);
      else wrong.push(`${title}, ${how.selector}: ${verdict}`);
    }
  }
  const gone = known.filter(({ reason }) => !met.has(reason));
  return [...wrong, ...gone.map(({ reason }) => `is no more: ${reason}`)];
}

function howOf({ algorithms }: Program): How[] {
  return HOW.filter(({ algorithm }) => algorithms.includes(algorithm));
}

for (const program of PROGRAMS) {
  const { name, there } = program;
  const checked = (title: string, body: (answers: Answers) => Promise<void> | void): void => {
    test(title, { skip: !there && !required && `${name} is not installed` }, async () => {
      assert.ok(there, `${name} is not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it`);
      await body(await asked(program));
    });
  };

  checked(`${name} verifies what we sign`, ({ verdicts }) => {
    assert.deepEqual(differences(program, 'verifies', verdicts), []);
  });

  checked(`${name} refuses what was broken`, ({ verdicts }) => {
    for (const [index, { what, sample }] of broken.entries()) {
      const words = Object.values(verdicts[SAMPLES.length + index]!);
      assert.ok(
        words.length >= 4 && !words.includes('pass'),
        `${sample.title}: ${what}: ${words.join()}`,
      );
    }
  });

  checked(`we verify what ${name} signs, and refuse it broken`, async ({ signatures }) => {
    const verdicts: Record<string, string>[] = [];
    for (const [index, { title, message }] of SAMPLES.entries()) {
      const fields = signatures[index]!.map((text) => Buffer.from(text));
      const full = Buffer.concat([...fields, message]);
      const results = await verify(full, { resolver });
      assert.deepEqual(await verify(inPieces(full, 13), { resolver }), results, title);
      verdicts.push(
        Object.fromEntries(
          results.map(({ selector, result, reason }) => [selector, reason ?? result]),
        ),
      );
      for (const change of Object.values(BREAKS)) {
        const after = await verify(change(full), { resolver });
        assert.ok(
          after.every(({ result }) => result !== 'pass'),
          title,
        );
      }
    }
    assert.deepEqual(differences(program, 'signs', verdicts), []);
  });
}
