/** Alias tables and files of others, read from beside the checkout, and where each address leads. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMailbox, parsePath } from '@postino/address';
import { Router, parseAliases, type Route, type UserLookup } from '@postino/router';

interface Recipient {
  readonly type: 'email' | 'pipe' | 'forward';
  readonly value: string;
}
interface Expectation {
  readonly expect?: readonly Recipient[] | null;
  readonly error?: string | null;
}
interface Suite {
  readonly id: string;
  readonly localDomains: readonly string[];
  readonly users: string;
  readonly suffixSeparators: string;
  readonly dropChars: string;
  readonly aliases: Readonly<Record<string, readonly Recipient[]>>;
  readonly cases: readonly (Expectation & { readonly address: string })[];
}
interface AliasText extends Expectation {
  readonly contents: string;
  readonly resolve?: string;
}

const folder = join(import.meta.dirname, '../../../shared/corpora/aliases');

/** Who is a user. */
const USERS: Readonly<Record<string, UserLookup['has']>> = {
  'not-x': (user) => user !== 'x',
  'x-error-y-none': (user) =>
    user === 'x' ? Promise.reject(new Error('nobody knows')) : user !== 'y',
};
const anybody: UserLookup['has'] = () => true;

test(
  'the conformance data lies beside the checkout',
  { skip: !existsSync(folder) && 'it does not' },
  () => {
    assert.ok(globSync('*.json', { cwd: folder }).length > 0);
  },
);

for (const name of globSync('*.json', { cwd: folder }).toSorted()) {
  const { suites = [], files = [] } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    suites?: Suite[];
    files?: AliasText[];
  };
  for (const suite of suites)
    test(`conformance: aliases, ${name}, ${suite.id}`, async () => {
      const router = new Router({
        localDomains: suite.localDomains,
        users: { has: USERS[suite.users] ?? anybody },
        aliases: parseAliases(aliasText(suite)).aliases,
        suffixes: Array.from(suite.suffixSeparators),
      });
      for (const one of suite.cases.filter(({ address }) => !hasDropped(address, suite)))
        assert.equal(await routed(router, one.address), expected(one), one.address);
    });
  for (const file of files.filter(isOurs))
    test(`conformance: aliases, ${name}, ${JSON.stringify(file.contents)}`, async () => {
      const { aliases, faults } = parseAliases(file.contents);
      if (typeof file.error === 'string') return assert.ok(faults.length > 0);
      const router = new Router({ localDomains: ['dom'], users: { has: anybody }, aliases });
      assert.equal(await routed(router, file.resolve ?? 'a@dom'), expected(file));
    });
}

/** A table as a file of ours: `*@dom` of the data is what is left of the domain. */
function aliasText({ aliases }: Suite): string {
  return Object.entries(aliases)
    .map(([key, items]) => `${key.replace(/^\*@/, '@')}: ${items.map(itemText).join(', ')}\n`)
    .join('');
}

function itemText({ type, value }: Recipient): string {
  return type === 'pipe' ? `|${value}` : value;
}

/** Dots within a user's name count here. */
function hasDropped(address: string, { dropChars }: Suite): boolean {
  const [local = ''] = address.split('@');
  return Array.from(dropChars).some((char) => local.includes(char));
}

/** What only one server has: a host on the way, and a star on the right side. */
function isOurs({ contents }: AliasText): boolean {
  return !/ via |:.*\*/.test(contents);
}

/** A command is never run, and a loop is told: mail waits. */
function expected({ expect, error }: Expectation): string {
  if (typeof error === 'string' || !expect || expect.some(({ type }) => type !== 'email'))
    return 'deferred';
  return expect
    .map(({ value }) => value)
    .toSorted()
    .join(', ');
}

async function routed(router: Router, address: string): Promise<string> {
  return show(await router.route(parsePath(`<${address}>`, { singleLabel: true })!));
}

function show(route: Route): string {
  if (route.type !== 'deliver') return route.type === 'defer' ? 'deferred' : 'refused';
  return route.targets
    .map((target) =>
      target.type === 'local' ? `${target.user}@dom` : formatMailbox(target.address),
    )
    .toSorted()
    .join(', ');
}
