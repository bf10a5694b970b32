/** A mailbox in a folder of its own for one test, and short ways to put in and take out. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import { Maildir, type Entry, type MaildirOptions } from '@postino/maildir';

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postino-maildir-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function mailbox(
  t: TestContext,
  options?: MaildirOptions,
): Promise<{ path: string; maildir: Maildir }> {
  const path = join(folder(t), 'box');
  return { path, maildir: await Maildir.create(path, options) };
}

export const octets = latin1Bytes;

export async function textOf(maildir: Maildir, entry: Entry): Promise<string> {
  return latin1(await bytesOf(maildir, entry));
}

export async function bytesOf(maildir: Maildir, entry: Entry): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of maildir.read(entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A file as another program would put it there. */
export function put(path: string, place: string, content = 'x\n'): void {
  writeFileSync(join(path, place), content, 'latin1');
}

/** The files of the mailbox: `new/...`, `cur/...`, `tmp/...`. */
export function filesOf(path: string): string[] {
  return ['tmp', 'new', 'cur'].flatMap((name) =>
    readdirSync(join(path, name)).map((file) => `${name}/${file}`),
  );
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
