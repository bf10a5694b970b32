/** Envelopes and contents for tests, and folders to put them in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Envelope } from '@postino/address';
import { latin1, latin1Bytes } from '@postino/wire';

export const octets = latin1Bytes;

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postino-queue-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function envelopeTo(...users: string[]): Envelope {
  return {
    from: { localPart: 'alice', domain: 'a.example' },
    to: users.map((localPart) => ({ address: { localPart, domain: 'poul.org' } })),
  };
}

/** An envelope to whole addresses. */
export function envelopeFor(...addresses: string[]): Envelope {
  const to = addresses.map((text) => {
    const [localPart = '', domain = ''] = text.split('@');
    return { address: { localPart, domain } };
  });
  return { from: { localPart: 'alice', domain: 'a.example' }, to };
}

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of content) text += latin1(piece);
  return text;
}

/** The code of the error that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'resolved';
}
