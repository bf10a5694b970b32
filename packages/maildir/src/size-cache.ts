/**
 * The sizes of messages whose names do not tell them, in a file of ours that outlives the process. A Maildir file never
 * changes, so its size belongs to its name for good. A file that is cut off or spoiled in any way counts as none.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CREATE, READ, withFile, type Files } from '@postino/files';
import { readText } from './read-text.ts';
import { uniqueName } from './unique-name.ts';

const FILE = 'postino-sizes';
const FIRST_LINE = /^postino-sizes 1 ([0-9a-f]{8})\n/;

export class SizeCache {
  readonly #files: Files;
  readonly #root: string;
  readonly #mode: number;
  #sizes: Promise<Map<string, number>> | null = null;
  #changed = false;

  constructor(files: Files, root: string, mode: number) {
    this.#files = files;
    this.#root = root;
    this.#mode = mode;
  }

  async get(name: string): Promise<number | undefined> {
    return (await this.#load()).get(name);
  }

  async set(name: string, size: number): Promise<void> {
    (await this.#load()).set(name, size);
    this.#changed = true;
  }

  /** Writes what is new, for the names that are still there. Without it, or where that fails, sizes are found again. */
  async save(names: ReadonlySet<string>): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const sizes = await this.#load();
    for (const name of sizes.keys()) if (!names.has(name)) sizes.delete(name);
    const draft = join(this.#root, 'tmp', uniqueName(Date.now()));
    const text = Buffer.from(formatSizes(sizes));
    try {
      await withFile(this.#files, [draft, CREATE, this.#mode], (file) => file.write(text));
      await this.#files.rename(draft, join(this.#root, FILE));
    } catch {
      await this.#files.unlink(draft).catch(() => {});
    }
  }

  #load(): Promise<Map<string, number>> {
    this.#sizes ??= withFile(this.#files, [join(this.#root, FILE), READ], (file) => readText(file))
      .then(parseSizes)
      .catch(() => new Map());
    return this.#sizes;
  }
}

/** A sum over all lines, then a line `123 name` for each message, sorted by name. */
export function formatSizes(sizes: ReadonlyMap<string, number>): string {
  const sorted = [...sizes].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = sorted.flatMap(([name, size]) =>
    name.includes('\n') ? [] : [`${size} ${name}\n`],
  );
  const text = lines.join('');
  return `postino-sizes 1 ${sumOver(text)}\n${text}`;
}

/** Nothing where the text is not what `formatSizes` gave. */
export function parseSizes(text: string): Map<string, number> {
  const [first = '', sum] = FIRST_LINE.exec(text) ?? [];
  const lines = text.slice(first.length);
  if (sum !== sumOver(lines)) return new Map();
  return new Map(
    lines
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const space = line.indexOf(' ');
        return [line.slice(space + 1), Number(line.slice(0, space))];
      }),
  );
}

function sumOver(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
