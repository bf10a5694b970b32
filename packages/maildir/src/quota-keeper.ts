/**
 * Keeps a mailbox, with its folders, within its quota. Like all Maildir++ quotas it is soft: deliveries at the same
 * moment may each find room for themselves. https://www.courier-mta.org/imap/README.maildirquota.html
 */
import { join } from 'node:path';
import { APPEND, CREATE, isMissing, READ, withFile, type Files } from '@postino/files';
import { parseFileName } from './file-name.ts';
import { QuotaError } from './quota-error.ts';
import { formatQuota, formatUsage, sumOf, type Quota, type Sum, type Usage } from './quota-file.ts';
import { readText } from './read-text.ts';
import { uniqueName } from './unique-name.ts';

const FILE = 'maildirsize';
/** From this size on the file is made anew: "at least 5120 bytes". */
const FILE_LIMIT = 5120;
/** What says that the mailbox is full is believed for so long. */
const STALE = 15 * 60 * 1000;
/** Does not count: mail there waits to be removed. */
const TRASH = '.Trash';

export interface QuotaKeeperOptions {
  readonly quota: Quota;
  readonly mode: number;
  readonly now: () => number;
}

/** What a folder of the disk held, and when it changed last. */
interface Measured extends Usage {
  readonly path: string;
  readonly changed: number;
}

export class QuotaKeeper {
  readonly #files: Files;
  readonly #root: string;
  readonly #options: QuotaKeeperOptions;
  #measuring: Promise<Sum> | null = null;

  constructor(files: Files, root: string, options: QuotaKeeperOptions) {
    const { octets = 0, messages = 0 } = options.quota;
    if (![octets, messages].every((limit) => Number.isSafeInteger(limit) && limit >= 0))
      throw new TypeError('a quota is a whole number of octets or messages');
    this.#files = files;
    this.#root = root;
    this.#options = options;
  }

  /** Rejects with a `QuotaError` when a message of so many octets finds no room. */
  async demand(size: number): Promise<void> {
    const { quota } = this.#options;
    if (!fits({ octets: size, messages: 1 }, quota)) throw new QuotaError({ tooLarge: true });
    const room = ({ octets, messages }: Usage): boolean =>
      fits({ octets: octets + size, messages: messages + 1 }, quota);
    const told = await this.#told();
    if (told && room(told)) return;
    const isFresh = told !== null && told.lines === 1 && !(await this.#isStale());
    if (isFresh || !room(await this.#measure())) throw new QuotaError({ tooLarge: false });
  }

  /** Notes what was added, or removed. Never rejects: what cannot be noted is counted anew next time. */
  async note(change: Usage): Promise<void> {
    const path = join(this.#root, FILE);
    const line = Buffer.from(formatUsage(change));
    try {
      await withFile(this.#files, [path, APPEND], (file) => file.write(line));
    } catch (error) {
      if (!isMissing(error)) await this.#files.unlink(path).catch(() => {});
    }
  }

  /** What the file tells; null where there is none that can be used. */
  async #told(): Promise<Sum | null> {
    const path = join(this.#root, FILE);
    try {
      const text = await withFile(this.#files, [path, READ], (file) => readText(file, FILE_LIMIT));
      return text.length < FILE_LIMIT ? sumOf(text, this.#options.quota) : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #isStale(): Promise<boolean> {
    const { changed } = await this.#files.lstat(join(this.#root, FILE));
    return this.#options.now() - changed >= STALE;
  }

  /** Counts what is there, once for all who ask meanwhile. */
  #measure(): Promise<Sum> {
    this.#measuring ??= this.#count().finally(() => {
      this.#measuring = null;
    });
    return this.#measuring;
  }

  async #count(): Promise<Sum> {
    const folders = (await this.#files.folders(this.#root)).filter(
      (name) => name.startsWith('.') && name !== TRASH,
    );
    const paths = ['', ...folders].flatMap((name) => [join(name, 'new'), join(name, 'cur')]);
    const measured: Measured[] = [];
    for (const path of paths) measured.push(await this.#countIn(join(this.#root, path)));
    const sum = { octets: total(measured, 'octets'), messages: total(measured, 'messages') };
    await this.#write(sum);
    // What came or went meanwhile may be missing in the file; the sum is as good as any.
    const changes = measured.map(
      async ({ path, changed }) => (await this.#changed(path)) !== changed,
    );
    if ((await Promise.all(changes)).includes(true))
      await this.#files.unlink(join(this.#root, FILE)).catch(() => {});
    return { ...sum, lines: 1 };
  }

  /** Sizes come from names, else from the disk. Deviation: messages flagged T count, as with Dovecot and Exim. */
  async #countIn(path: string): Promise<Measured> {
    const changed = await this.#changed(path);
    const names = await this.#files.list(path).catch(noneIfMissing);
    let octets = 0;
    let messages = 0;
    for (const file of names) {
      const name = parseFileName(file);
      const size = name && (name.diskSize ?? (await this.#sizeOf(join(path, file))));
      if (size === null) continue;
      octets += size;
      messages++;
    }
    return { path, changed, octets, messages };
  }

  /** Null: it was removed meanwhile. */
  async #sizeOf(path: string): Promise<number | null> {
    try {
      return (await this.#files.lstat(path)).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #changed(path: string): Promise<number> {
    try {
      return (await this.#files.lstat(path)).changed;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }

  /** Not synced: a file that a power failure spoils is counted anew. */
  async #write(sum: Usage): Promise<void> {
    const { quota, mode, now } = this.#options;
    const draft = join(this.#root, 'tmp', uniqueName(now()));
    const text = `${formatQuota(quota)}\n${formatUsage(sum)}`;
    await withFile(this.#files, [draft, CREATE, mode], (file) => file.write(Buffer.from(text)));
    await this.#files.rename(draft, join(this.#root, FILE));
  }
}

function fits({ octets, messages }: Usage, quota: Quota): boolean {
  return octets <= (quota.octets ?? Infinity) && messages <= (quota.messages ?? Infinity);
}

function total(measured: readonly Measured[], what: keyof Usage): number {
  return measured.reduce((sum, one) => sum + one[what], 0);
}

function noneIfMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
