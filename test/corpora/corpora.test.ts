/**
 * Conformance data of others, read from beside the checkout: every runner that lies there is run against postino.mjs.
 * A case that we answer otherwise stands in differences.json with its reason; one that is not there is a failure.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

interface Row {
  readonly corpus: string;
  readonly id: string;
  readonly ok?: boolean;
  readonly skip?: string;
  readonly disputed?: string;
  readonly got?: unknown;
  readonly want?: unknown;
}
type Differences = Record<string, Record<string, string>>;

const root = join(import.meta.dirname, '../..');
const adapters = join(root, '../shared/corpora/adapters');
const impl = join(import.meta.dirname, 'postino.mjs');
const differences = JSON.parse(
  readFileSync(join(import.meta.dirname, 'differences.json'), 'utf8'),
) as Differences;

/** What a runner needs of postino.mjs; where one is not exported yet, that part is not built. */
const needs: Readonly<Record<string, string>> = {
  addresses: 'parseMailbox',
  arc: 'arc',
  'arc-sign': 'arcSeal',
  auth: 'verifyPassword',
  authres: 'parseAuthResults',
  dkim: 'dkim',
  dmarc: 'dmarc',
  dnsbl: 'dnsbl',
  idna: 'toAscii',
  pop3: 'pop3Server',
  psl: 'registrableDomain',
  smtp: 'smtpServer',
  spf: 'spf',
  wire: 'parseSmtpCommand',
};

const key = ({ corpus, id }: Row): string => `${corpus}: ${id}`;

async function rows(runner: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  try {
    const json = join(folder, 'rows.json');
    await promisify(execFile)(process.execPath, [runner, '--impl', impl, '--json', json], {
      maxBuffer: 1 << 26,
    });
    return JSON.parse(readFileSync(json, 'utf8')) as Row[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const runners = globSync('run-*.mjs', { cwd: adapters }).toSorted();
test(
  'the conformance data lies beside the checkout',
  { skip: runners.length === 0 && 'it does not' },
  () => {
    assert.ok(existsSync(adapters));
  },
);
const built = (await import(impl)) as Record<string, unknown>;
for (const runner of runners) {
  const name = basename(runner, '.mjs').slice('run-'.length);
  const need = needs[name] ?? '';
  test(
    `conformance: ${name}`,
    { skip: !(need in built) && `${need || name} is not built yet` },
    async () => {
      const failed = (await rows(join(adapters, runner))).filter(
        (row) => row.ok === false && !row.disputed,
      );
      const listed = differences[name] ?? {};
      const unlisted = failed.filter((row) => !(key(row) in listed));
      assert.deepEqual(unlisted, [], 'answered otherwise, and not listed with a reason');
      const stale = Object.keys(listed).filter((one) => !failed.some((row) => key(row) === one));
      assert.deepEqual(stale, [], 'listed, but answered as the data has it');
    },
  );
}
