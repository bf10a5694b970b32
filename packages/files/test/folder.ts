/** A folder of its own for one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postino-files-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
