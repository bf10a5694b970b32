/** SPF beside mailauth: a plain record, and one that takes all ten lookups. The DNS is a Map for both. */
import assert from 'node:assert/strict';

import type { Resolver } from '@postino/dns';
import { checkHost } from '@postino/spf';
import { spf } from 'mailauth/lib/spf/index.js';

import { table } from './contest.ts';

const IP = '192.0.2.77';
const SENDER = 'ale@example.org';
const HELO = 'mail.example.org';

const nothing = (name: string): never => {
  throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
};

type Answers = ReadonlyMap<string, unknown[]>;

/** A resolver that knows the answers by type and name. */
function resolverOf(answers: Answers): Resolver {
  const ask = async <T>(type: string, name: string): Promise<T[]> =>
    (answers.get(`${type} ${name}`) ?? nothing(name)) as T[];
  return {
    resolve4: (name) => ask('A', name),
    resolve6: (name) => ask('AAAA', name),
    resolveMx: (name) => ask('MX', name),
    resolveTxt: (name) => ask('TXT', name),
    resolvePtr: (name) => ask('PTR', name),
  };
}

const plain: Answers = new Map<string, unknown[]>([
  ['TXT example.org', [['v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 -all']]],
]);

/** Five includes with a host each; only the last one matches. */
const tenLookups: Answers = new Map<string, unknown[]>([
  [
    'TXT example.org',
    [[`v=spf1 ${[1, 2, 3, 4, 5].map((at) => `include:s${at}.example.org`).join(' ')} -all`]],
  ],
  ...[1, 2, 3, 4, 5].flatMap((at): [string, unknown[]][] => [
    [`TXT s${at}.example.org`, [[`v=spf1 ip4:198.51.100.${at} a:h${at}.example.org ~all`]]],
    [`A h${at}.example.org`, [at === 5 ? IP : `203.0.113.${at}`]],
  ]),
]);

function contestants(answers: Answers, lookups: number): Record<string, () => Promise<void>> {
  const resolver = resolverOf(answers);
  const forMailauth = async (name: string, type: string): Promise<string[]> =>
    (answers.get(`${type} ${name}`) ?? nothing(name)) as string[];
  return {
    postino: async () => {
      const { result, lookups: count } = await checkHost({
        ip: IP,
        helo: HELO,
        sender: SENDER,
        resolver,
      });
      assert.equal(result, 'pass');
      assert.equal(count, lookups);
    },
    mailauth: async () => {
      const { status } = await spf({
        ip: IP,
        helo: HELO,
        sender: SENDER,
        mta: 'mx.example.com',
        resolver: forMailauth,
      });
      assert.equal(status.result, 'pass');
    },
  };
}

await table({
  'an ip4 record': contestants(plain, 0),
  'ten lookups': contestants(tenLookups, 10),
});
