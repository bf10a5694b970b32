/** Mail that lies in a database of one's own, handed out by POP3. */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createPop3Server, type WireServer } from '@postino/node';
import type { Pop3App, Refusal } from '@postino/pop3-wire';

const TABLES = `
  CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, salt BLOB, hash BLOB) STRICT;
  CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT, content BLOB) STRICT;
`;
const WRONG: Refusal = { code: 'AUTH', text: 'Wrong user or password' };
const IN_USE: Refusal = { code: 'IN-USE', text: 'Another session has the maildrop' };

export class Maildrops {
  readonly #database: DatabaseSync;
  readonly #open = new Set<string>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(TABLES);
  }

  addUser(name: string, password: string): void {
    const salt = randomBytes(16);
    const insert = this.#database.prepare('INSERT INTO users VALUES (?, ?, ?)');
    insert.run(name, salt, scryptSync(password, salt, 32));
  }

  /** The content's lines end in CRLF, as they travelled. */
  deliver(owner: string, content: Uint8Array): void {
    const insert = this.#database.prepare('INSERT INTO messages (owner, content) VALUES (?, ?)');
    insert.run(owner, content);
  }

  server(tls: { readonly certificate: string; readonly key: string }): WireServer {
    return createPop3Server({ tls }, () => this.#session());
  }

  close(): void {
    this.#database.close();
  }

  /** One session: its snapshot is the list of ids, so that numbers stay put whatever is delivered meanwhile. */
  #session(): Pop3App {
    let ids: number[] = [];
    let owner: string | null = null;
    const unlock = (): void => void (owner !== null && this.#open.delete(owner));
    return {
      login: (user, password) => {
        if (!this.#isRight(user, password)) return WRONG;
        if (this.#open.has(user)) return IN_USE;
        this.#open.add((owner = user));
        const list = 'SELECT id, length(content) AS size FROM messages WHERE owner = ? ORDER BY id';
        const rows = this.#database.prepare(list).all(user);
        ids = rows.map(({ id }) => Number(id));
        return { entries: rows.map(({ id, size }) => ({ size: Number(size), uid: String(id) })) };
      },
      retrieve: (index) => {
        const select = this.#database.prepare('SELECT content FROM messages WHERE id = ?');
        const content = select.get(ids[index]!)?.['content'];
        if (!(content instanceof Uint8Array)) return { text: 'The message is gone' };
        return { size: content.length, content: [content] };
      },
      update: (indexes) => {
        const remove = this.#database.prepare('DELETE FROM messages WHERE id = ?');
        for (const index of indexes) remove.run(ids[index]!);
      },
      closed: unlock,
    };
  }

  #isRight(user: string, password: Uint8Array): boolean {
    const row = this.#database.prepare('SELECT salt, hash FROM users WHERE name = ?').get(user);
    const { salt, hash } = row ?? { salt: Buffer.alloc(16), hash: Buffer.alloc(32) };
    if (!(salt instanceof Uint8Array && hash instanceof Uint8Array)) return false;
    return timingSafeEqual(scryptSync(password, salt, 32), hash);
  }
}
