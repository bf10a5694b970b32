/** An entry on disk: the octets of its message, and behind them its log. */
import { APPEND, CREATE, pieces, READ, withFile, type Files } from '@postino/files';
import { formatAcceptance, formatChange } from './entry-log.ts';
import type { Acceptance, Change } from './entry-state.ts';
import type { Content, Spooled } from './types.ts';

/** Writes a new file, synced; resolves to the octets of the message. Rejects with nothing left. */
export async function writeEntry(
  files: Files,
  path: string,
  { message, ...acceptance }: Acceptance & { readonly message: Content | Spooled },
): Promise<number> {
  const file = await files.open(path, CREATE);
  try {
    let size = 0;
    for await (const piece of piecesOf(message)) {
      await file.write(piece);
      size += piece.length;
    }
    await file.write(formatAcceptance(acceptance));
    await file.sync();
    await file.close();
    return size;
  } catch (error) {
    await file.close().catch(ignore);
    await files.unlink(path).catch(ignore);
    throw error;
  }
}

/** Appends to the log, synced. Where it rejects, part of it or all may stand there: see `cutBack`. */
export function appendChange(files: Files, path: string, change: Change): Promise<void> {
  return withFile(files, [path, APPEND], async (file) => {
    await file.write(formatChange(change));
    await file.sync();
  });
}

/** Takes a file back to so many octets: a change that failed must not come to life at the next start. */
export function cutBack(files: Files, path: string, size: number): Promise<void> {
  return withFile(files, [path, APPEND], async (file) => {
    await file.truncate(size);
    await file.sync();
  });
}

/** The log, which begins behind so many octets. */
export function readLog(files: Files, path: string, size: number): Promise<string> {
  return withFile(files, [path, READ], async (file) => {
    const log: Uint8Array[] = [];
    for await (const piece of pieces(file, size)) log.push(piece);
    return Buffer.concat(log).toString();
  });
}

/** The first so many octets: the message. */
export async function* readContent(
  files: Files,
  path: string,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await files.open(path, READ);
  try {
    yield* pieces(file, 0, size);
  } finally {
    await file.close();
  }
}

function piecesOf(message: Content | Spooled): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (message instanceof Uint8Array) return [message];
  return 'discard' in message ? message.read() : message;
}

function ignore(): void {}
