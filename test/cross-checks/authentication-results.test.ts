/**
 * Authentication-Results as we write them, read by mailauth and by Python's authres: made-up results with text that is hard
 * to quote, the same from a fixed seed in every run.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import {
  type AuthenticationResult,
  type AuthenticationResults,
  formatAuthenticationResults,
  parseAuthenticationResults,
} from '@postino/message';
import fc from 'fast-check';

import { isThere, run, type Script } from './script.ts';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const SEED = 8601;

/** What a method says, and of what. RFC 8601 §2.7, RFC 8617 §6. */
const METHODS: Readonly<Record<string, readonly [results: string[], properties: string[]]>> = {
  iprev: [['pass', 'fail', 'temperror'], ['policy.iprev']],
  spf: [
    ['pass', 'fail', 'softfail', 'none'],
    ['smtp.mailfrom', 'smtp.helo'],
  ],
  dkim: [
    ['pass', 'fail', 'policy', 'neutral'],
    ['header.d', 'header.i', 'header.s', 'header.b'],
  ],
  dmarc: [
    ['pass', 'fail', 'none'],
    ['header.from', 'policy.dmarc'],
  ],
  arc: [
    ['none', 'pass', 'fail'],
    ['smtp.remote-ip', 'header.oldest-pass'],
  ],
};

const value = fc.oneof(
  fc.constantFrom(
    'example.org',
    'a_b.example.org',
    '@example.org',
    'ann@example.org',
    'ann+tag@xn--bcher-kva.example',
    '"a b"@example.org',
    '192.0.2.1',
    '2001:db8::1',
    'ab/c+=',
    'a b',
    'a;b',
    'a=b',
    '(a',
    'a)',
    'a"b',
    'a\\b',
    '"',
    '\\',
    '<a@b.c>',
    `${'long.'.repeat(40)}example`,
  ),
  fc.string({
    unit: fc.constantFrom(...Array.from('ab0 .-_@;:=/()"\\<>[],?%!')),
    minLength: 1,
    maxLength: 9,
  }),
);
/** White space at the ends, and more than one of it, is not what is compared here. */
const text = value.map((some) => some.replaceAll(/ +/g, ' ').trim()).filter((some) => some !== '');

function resultOf(method: string): fc.Arbitrary<AuthenticationResult> {
  const [results, names] = METHODS[method]!;
  return fc
    .record({
      result: fc.constantFrom(...results),
      reason: fc.option(text, { nil: undefined }),
      properties: fc.uniqueArray(fc.tuple(fc.constantFrom(...names), text), {
        selector: ([name]) => name,
      }),
    })
    .map(({ result, reason, properties }) => ({
      method,
      result,
      ...(reason !== undefined && { reason }),
      properties: Object.fromEntries(properties),
    }));
}

/** Some methods, DKIM for several signatures. */
const made: fc.Arbitrary<AuthenticationResults> = fc
  .tuple(
    ...Object.keys(METHODS).map((method) =>
      fc.array(resultOf(method), { maxLength: method === 'dkim' ? 3 : 1 }),
    ),
  )
  .map((results) => ({ authservId: 'mx.example.org', results: results.flat() }));

const SAMPLES = fc.sample(made, { seed: SEED, numRuns: 500 });
const FIELDS = SAMPLES.map((sample) => formatAuthenticationResults(sample));

const valueOf = (field: string): string => field.replace(/^[^:]*:/, '').trim();

test('what we write we read', () => {
  for (const [at, field] of FIELDS.entries()) {
    assert.deepEqual(parseAuthenticationResults(valueOf(field)), SAMPLES[at], field);
  }
});

interface Theirs {
  readonly authservId: string;
  readonly results: readonly {
    readonly method: string;
    readonly result: string;
    readonly reason: string | null;
    readonly properties: readonly [string, string][];
  }[];
}

const AUTHRES: Script = {
  interpreter: '/usr/bin/python3',
  file: 'python3_authres.py',
  probe: ['-c', 'import authres'],
};
const there = isThere(AUTHRES);

test(
  "Python's authres reads what we write",
  { skip: !there && !required && 'it is not installed' },
  async () => {
    assert.ok(there, 'authres is not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it');
    const answers = await run<Theirs[]>(AUTHRES, FIELDS);
    for (const [at, { authservId, results }] of answers.entries()) {
      const read = results.map(({ method, result, reason, properties }) => ({
        method,
        result,
        ...(reason !== null && { reason: unescaped(reason) }),
        properties: Object.fromEntries(properties.map(([name, some]) => [name, unescaped(some)])),
      }));
      const wanted = SAMPLES[at]!.results.map(withoutInnerQuoted);
      assert.deepEqual({ authservId, results: read }, { authservId, results: wanted }, FIELDS[at]);
    }
  },
);

/** It drops a property with a quoted string where another follows; RFC 8601 §2.2 lets any `pvalue` be one. */
function withoutInnerQuoted({
  properties = {},
  ...result
}: AuthenticationResult): AuthenticationResult {
  const entries = Object.entries(properties);
  const kept = entries.filter(([, is], at) => at === entries.length - 1 || !isQuoted(is));
  return { ...result, properties: Object.fromEntries(kept) };
}

function isQuoted(is: string): boolean {
  const properties = { 'x.y': is };
  const results = [{ method: 'x', result: 'y', properties }];
  return /="(?:[^"\\]|\\[^])*"\r\n$/.test(
    formatAuthenticationResults({ authservId: 'x', results }),
  );
}

/** It keeps the backslashes and folds of quoted strings; RFC 5322 §3.2.4 makes them no part of the value. */
function unescaped(some: string): string {
  return some.replaceAll('\r\n', '').replaceAll(/\\(.)/g, '$1');
}

test('mailauth reads what we write', () => {
  for (const [at, field] of FIELDS.entries()) {
    const { value: authservId, header: _, ...methods } = headerParser(field.trimEnd()).parsed;
    // It takes `none`, which says that nothing was tried, for a method.
    const results = Object.entries(methods)
      .filter(([method]) => method !== 'none')
      .flatMap(([method, some]) => [some].flat().map((one) => ofMailauth(method, one)));
    const wanted = SAMPLES[at]!.results.map(withoutQuotes);
    assert.deepEqual(
      { authservId, results },
      { authservId: 'mx.example.org', results: wanted },
      field,
    );
  }
});

/** A result of mailauth: its properties are an object for each type. */
type OfMailauth = { value: string; reason?: string } & Record<
  string,
  string | Record<string, string>
>;

/** Where mailauth reads the field for the results of an earlier hop; its types do not tell of it. */
const headerParser = createRequire(import.meta.url)('mailauth/lib/parse-dkim-headers.js') as (
  field: string,
) => {
  parsed: { value: string; header: string } & Record<string, OfMailauth | OfMailauth[]>;
};

function ofMailauth(method: string, one: OfMailauth): AuthenticationResult {
  const { value: result, reason, ...types } = one;
  const properties = Object.entries(types).flatMap(([type, some]) =>
    Object.entries(some).map(([name, is]) => [`${type}.${name}`, is] as const),
  );
  return {
    method,
    result,
    ...(reason !== undefined && { reason }),
    properties: Object.fromEntries(properties),
  };
}

/** It takes the quotes of a local part away; they belong to the address, RFC 5321 §4.1.2. */
function withoutQuotes({ properties = {}, ...result }: AuthenticationResult): AuthenticationResult {
  const entries = Object.entries(properties);
  const bare = entries.map(([name, is]) => [name, is.replace(/^"([^"\\]*)"(?=@[\w.-]+$)/, '$1')]);
  return { ...result, properties: Object.fromEntries(bare) as Record<string, string> };
}
