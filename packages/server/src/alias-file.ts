/** The alias file in use: read again when it has changed. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseAliases, type Alias, type AliasFault, type AliasLookup } from '@postino/router';
import { ConfigError } from './config/config-error.ts';

/** Milliseconds that a changed file must have been left alone: many writers empty a file before they fill it. Our choice. */
const QUIET = 1000;

export interface AliasFileOptions {
  /** A new version is in use; each faulty line of it defers its mail. */
  readonly onReload: (faults: readonly AliasFault[]) => void;
}

/** Looks its file up at every question. A file that cannot be read rejects, so that mail waits and is not refused. */
export class AliasFile implements AliasLookup {
  readonly #path: string;
  readonly #options: AliasFileOptions;
  #aliases: ReadonlyMap<string, Alias> = new Map();
  #seen = '';
  #check: Promise<void> | null = null;

  private constructor(path: string, options: AliasFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Reads the file for the first time. Rejects with a `ConfigError` that names each faulty line. */
  static async open(path: string, options: AliasFileOptions): Promise<AliasFile> {
    const file = new AliasFile(path, options);
    file.#seen = stateOf(path).state;
    const faults = await file.#read();
    if (faults.length > 0) throw new ConfigError(path, faults.map(mistake));
    return file;
  }

  async get(key: string): Promise<Alias | undefined> {
    // A look under way may have missed a change that came before this question. Those who wait here share the next.
    await this.#check?.catch(() => {});
    this.#check ??= this.#refresh().finally(() => (this.#check = null));
    await this.#check;
    return this.#aliases.get(key);
  }

  async #refresh(): Promise<void> {
    const { state, age } = stateOf(this.#path);
    if (state === this.#seen || (age >= 0 && age < QUIET)) return;
    const faults = await this.#read();
    this.#seen = state;
    this.#options.onReload(faults);
  }

  async #read(): Promise<readonly AliasFault[]> {
    const { aliases, faults } = parseAliases(await readFile(this.#path, 'utf8'));
    this.#aliases = aliases;
    return faults;
  }
}

/** What changes when the file does, and how long ago it was written, in milliseconds. */
function stateOf(path: string): { state: string; age: number } {
  const { ino, size, mtimeMs } = statSync(path);
  return { state: `${ino} ${size} ${mtimeMs}`, age: Date.now() - mtimeMs };
}

function mistake({ line, text, reason }: AliasFault): { line: number; key: string; text: string } {
  return { line, key: text, text: reason };
}
