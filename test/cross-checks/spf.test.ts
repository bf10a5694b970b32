/** SPF beside other programs: a thousand made-up zones and clients, judged by all. Differences are explained one by one. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { zone } from '@postino/dns';
import { checkHost, type SpfResult } from '@postino/spf';
import { spf } from 'mailauth/lib/spf/index.js';

import { isThere, run, type Script } from './script.ts';
import { type SpfCase, spfCases } from './spf-cases.ts';
import { KNOWN_DIFFERENCES } from './spf-differences.ts';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const CASES = spfCases(1000);

/** What a program said: a result, what the domain says to a fail, and why. */
interface Judgement {
  readonly result: string;
  readonly explanation?: string | undefined;
  readonly why?: string | undefined;
}

let ours: SpfResult[];
before(async () => {
  ours = await Promise.all(CASES.map((one) => checkHost({ ...one, resolver: zone(one.zone) })));
});

test('the cases reach every result and every limit', () => {
  const reasons = ours.map(({ reason }) => reason ?? '').join('\n');
  for (const limit of [
    /terms that ask/,
    /void lookups/,
    /more than 10 MX/,
    /bad term/,
    /several/,
    /ETIMEOUT/,
  ]) {
    assert.match(reasons, limit);
  }
  const results = new Set(ours.map(({ result }) => result));
  assert.equal(results.size, 7, [...results].join());
  assert.ok(ours.some(({ explanation }) => explanation));
});

/** Where a program and we differ without a known reason, and known reasons that are met no more. */
function differences(program: string, judgements: readonly Judgement[]): string[] {
  const known = KNOWN_DIFFERENCES.filter((one) => one.program === program);
  const met = new Set<string>();
  const wrong: string[] = [];
  for (const [index, { result, explanation, why = '' }] of judgements.entries()) {
    const mine = ours[index]!;
    if (mine.result === result) {
      if (mine.explanation !== undefined && !isSame(mine.explanation, explanation)) {
        wrong.push(`${index}: ${mine.explanation} and not ${explanation}`);
      }
      continue;
    }
    const reason = known.find(({ says, when }) => says.test(why) && when(mine))?.reason;
    if (reason) met.add(reason);
    else
      wrong.push(
        `${index}: ${mine.result} (${mine.reason}) and not ${result} (${why}): ${JSON.stringify(CASES[index])}`,
      );
  }
  const gone = known.filter(({ reason }) => !met.has(reason));
  return [...wrong, ...gone.map(({ reason }) => `is no more: ${reason}`)];
}

/** `%{i}` of an IPv6 address is in capitals with some; no name has a case. */
function isSame(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

const PYSPF: Script = {
  interpreter: '/usr/bin/python3',
  file: 'pyspf.py',
  probe: ['-c', 'import spf'],
};
const there = isThere(PYSPF);

test(
  'pyspf judges as we do',
  { skip: !there && !required && 'pyspf is not installed' },
  async () => {
    assert.ok(there, 'pyspf is not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it');
    const judgements = await run<{ result: string; explanation: string }[]>(PYSPF, CASES);
    const read = judgements.map(({ result, explanation }) => ({
      result,
      explanation,
      why: explanation,
    }));
    assert.deepEqual(differences('pyspf', read), []);
  },
);

test('mailauth judges as we do', async () => {
  assert.deepEqual(differences('mailauth', await Promise.all(CASES.map(byMailauth))), []);
});

async function byMailauth({ zone: names, receiver, ...one }: SpfCase): Promise<Judgement> {
  const { query } = zone(names);
  const { status, explanation } = await spf({
    ...one,
    mta: receiver,
    strict: true,
    // Its types know only texts.
    resolver: async (name, type) => (await query(name, type)).records as string[],
  });
  return { result: status.result, explanation, why: status.comment };
}
