/**
 * ARC beside other programs: chains that were sealed by turns, by us and by them, pass with both, and what was broken passes
 * with nobody. Each program runs twice, with all messages.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';

import { formatKeyRecord } from '@postino/dkim';
import { seal, verifyArc } from '@postino/dkim/arc';
import { zone } from '@postino/dns';

import { ARC_PROGRAMS, type ArcProgram, type SealHow } from './arc-programs.ts';
import { samples } from './messages.ts';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const key = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const OURS: SealHow = {
  domain: 'example.org',
  selector: 'ours',
  authservId: 'mx.example.org',
  key,
};
const THEIRS: SealHow = {
  ...OURS,
  domain: 'example.net',
  selector: 'theirs',
  authservId: 'mx.example.net',
};
const KEYS = Object.fromEntries(
  [OURS, THEIRS].map(({ domain, selector }) => [
    `${selector}._domainkey.${domain}`,
    formatKeyRecord(key),
  ]),
);
const resolver = zone(
  Object.fromEntries(Object.entries(KEYS).map(([name, text]) => [name, { TXT: [text] }])),
);

/** Messages that SMTP can carry: their last line is ended. */
const SAMPLES = samples(8).filter(
  ({ message }) => message.includes('\r\n\r\n') && message.toString('latin1').endsWith('\r\n'),
);

/** What a server found out before it seals. */
function judged(message: Buffer, { authservId }: SealHow, chain: 'none' | 'pass'): Buffer {
  const results = `arc=${chain}; spf=pass smtp.mailfrom=ale@example.org; dkim=fail (a 1024-bit key) header.d=example.org`;
  return above(`Authentication-Results: ${authservId}; ${results}\r\n`, message);
}

function above(fields: string, message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(fields), message]);
}

async function sealedByUs(message: Buffer, chain: 'none' | 'pass'): Promise<Buffer> {
  const arrived = judged(message, OURS, chain);
  return above(await seal(arrived, OURS), arrived);
}

/** Every message as it left after some of us and some of them sealed it. */
async function chains({ answer }: ArcProgram): Promise<Buffer[]> {
  const raw = SAMPLES.map(({ message }) => message);
  const once = await Promise.all(raw.map((message) => sealedByUs(message, 'none')));
  const arrived = [
    ...raw.map((message) => judged(message, THEIRS, 'none')),
    ...once.map((message) => judged(message, THEIRS, 'pass')),
  ];
  const { sets } = await answer({ keys: KEYS, verify: [], seal: arrived, how: THEIRS });
  const theirs = arrived.map((message, at) => above(sets[at]!, message));
  const again = await Promise.all(theirs.map((message) => sealedByUs(message, 'pass')));
  return [...once, ...theirs, ...again];
}

/** A change that the newest set, or a seal, must notice. */
const BREAKS: Readonly<Record<string, (text: string) => string>> = {
  'a line more': (text) => `${text}more\r\n`,
  From: (text) => text.replace(/(\nFrom: .*@example\.)org/, '$1com'),
  'the results of the newest set': (text) =>
    text.replace(/(ARC-Authentication-Results:[^]*?spf=)pass/, '$1fail'),
  'the results of the first set': (text) =>
    text.replace(/([^]*ARC-Authentication-Results:[^]*?spf=)pass/, '$1fail'),
  'the status of the newest seal': (text) =>
    text.replace(/cv=(none|pass)/, (_, cv) => `cv=${cv === 'none' ? 'pass' : 'none'}`),
  'the newest seal': (text) => text.replace(/^ARC-Seal:(?:.*\r\n[ \t])*.*\r\n/m, ''),
  'the first seal': (text) => text.replace(/([^]*^)ARC-Seal:(?:.*\r\n[ \t])*.*\r\n/m, '$1'),
};

for (const program of ARC_PROGRAMS) {
  const { name, there } = program;
  test(
    `chains by us and by ${name}`,
    { skip: !there && !required && `${name} is not installed` },
    async () => {
      assert.ok(there, `${name} is not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it`);
      const whole = await chains(program);
      const broken = whole.flatMap((message, at) =>
        Object.entries(BREAKS)
          .filter((_, which) => (at + which) % 5 === 0)
          .map(([what, change]) => ({
            what,
            message: Buffer.from(change(message.toString('latin1')), 'latin1'),
            from: message,
          })),
      );
      const { verdicts } = await program.answer({
        keys: KEYS,
        verify: [...whole, ...broken.map(({ message }) => message)],
        seal: [],
        how: THEIRS,
      });
      for (const [at, message] of whole.entries()) {
        const { result, reason, oldestPass } = await verifyArc(message, { resolver });
        assert.deepEqual([result, oldestPass, reason], ['pass', 0, undefined], message.toString());
        assert.equal(verdicts[at], 'pass', message.toString());
      }
      for (const [at, { what, message, from }] of broken.entries()) {
        assert.ok(!message.equals(from), `${what} was not changed: ${from.toString()}`);
        const { result } = await verifyArc(message, { resolver });
        assert.equal(result, 'fail', `${what}: ${message.toString()}`);
        assert.match(verdicts[whole.length + at]!, /^(?!pass)/, what);
      }
    },
  );
}
