/** The unique-ids of messages: their names, or what Dovecot gave them before they came to us. */
import { join } from 'node:path';
import { isMissing, READ, withFile, type Files } from '@postino/files';
import { readText } from './read-text.ts';
import { isUidlFormat, parseUidList, uidlOf, type UidList } from './uid-list.ts';
import { uidOf } from './unique-name.ts';

export class UniqueIds {
  readonly #files: Files;
  readonly #path: string;
  readonly #format: string;
  /** The list as it was read last, and what told its file from others then. */
  #known: { readonly state: string; readonly list: UidList | null } | null = null;

  constructor(files: Files, root: string, format: string) {
    if (!isUidlFormat(format)) throw new TypeError(`'${format}' is no pop3_uidl_format`);
    this.#files = files;
    this.#path = join(root, 'dovecot-uidlist');
    this.#format = format;
  }

  /** How names become unique-ids, as Dovecot's list has it now. */
  async now(): Promise<(name: string) => string> {
    const list = await this.#list();
    return (name) => {
      const record = list?.records.get(name);
      return uidOf(
        record ? uidlOf(this.#format, record, { validity: list!.validity, name }) : name,
      );
    };
  }

  /** Null: there is none. Dovecot puts a new file in its place, or writes behind its end. */
  async #list(): Promise<UidList | null> {
    try {
      const { size, changed } = await this.#files.lstat(this.#path);
      const state = `${size} ${changed}`;
      if (this.#known?.state === state) return this.#known.list;
      const list = parseUidList(
        await withFile(this.#files, [this.#path, READ], (file) => readText(file)),
      );
      this.#known = { state, list };
      return list;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
