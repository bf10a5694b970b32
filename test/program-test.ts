/**
 * Tests that need a program of others. Where it is not installed they are skipped with a word; with
 * POSTINO_REQUIRE_CLIENTS=1, which CI sets, that is a failure.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';

/** A test, named for the program that it needs: a command, or a file. */
export function programTest(
  program: string,
  { name, at = program }: { readonly name: string; readonly at?: string },
  body: (context: TestContext) => Promise<void>,
): void {
  const there = spawnSync('sh', ['-c', 'command -v "$0"', at]).status === 0;
  test(
    `${program} ${name}`,
    { skip: !there && !required && `${program} is not installed` },
    async (context) => {
      assert.ok(there, `${program} is not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it`);
      await body(context);
    },
  );
}
