/** Names of message files, and messages, read from beside the checkout: what is delivered comes back octet for octet. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Maildir, parseFileName, type LineEnds } from '@postino/maildir';

const corpora = join(import.meta.dirname, '../../../shared/corpora');
const skip = !existsSync(corpora) && 'the data does not lie beside the checkout';

interface NameCase {
  readonly id: string;
  readonly name: string;
  readonly unique: string;
  readonly flags: readonly string[];
}

async function mailbox(t: TestContext, lineEnds: LineEnds): Promise<Maildir> {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return Maildir.create(join(folder, 'box'), { lineEnds });
}

test('names of message files', { skip }, () => {
  const text = readFileSync(join(corpora, 'maildir/names.json'), 'utf8');
  const { cases } = JSON.parse(text) as { cases: NameCase[] };
  assert.ok(cases.length > 0);
  for (const { id, name, unique, flags } of cases) {
    const parsed = parseFileName(name);
    assert.deepEqual([parsed?.unique, parsed?.flags], [unique, flags.join('')], id);
  }
});

for (const lineEnds of ['lf', 'crlf'] as const)
  test(
    `every message that ends its lines as SMTP does comes back octet for octet, with ${lineEnds} on disk`,
    { skip },
    async (t) => {
      const maildir = await mailbox(t, lineEnds);
      const folder = join(corpora, 'messages');
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (item) => item.isFile() && item.parentPath !== folder,
      );
      assert.ok(files.length > 0);
      for (const { parentPath, name } of files) {
        const sent = asSent(readFileSync(join(parentPath, name), 'latin1'));
        const entry = await maildir.deliver(sent);
        const pieces: Uint8Array[] = [];
        for await (const piece of maildir.read(entry)) pieces.push(piece);
        assert.ok(sent.equals(Buffer.concat(pieces)), name);
        assert.equal(entry.size, sent.length, name);
        await maildir.remove(entry);
      }
    },
  );

/** A message of the data as a client would send it: no lone LF, and a last line end. */
function asSent(text: string): Buffer {
  const lines = text.replaceAll(/(?<!\r)\n/g, '\r\n');
  return Buffer.from(lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1');
}
