/**
 * Key records asked of the DNS: each name once for a message, and no answer is an exception. RFC 6376 §6.1.2.
 */
import { isNone, type Resolver } from '@postino/dns';

import { keyName } from './domain.ts';
import { type KeyRecord, parseKeyRecord } from './key-record.ts';
import { MAX_KEY_RECORDS, MAX_KNOWN_RECORD, MAX_KNOWN_RECORDS } from './limits.ts';
import { permerror, type Refusal } from './result.ts';

/** What a name has: its records in no order, or why there are none. */
export type KeyAnswer = Refusal | readonly (KeyRecord | Refusal)[];

/** Asks for keys, and remembers what it asked. */
export class KeyLookup {
  readonly #resolver: Resolver;
  readonly #answers = new Map<string, Promise<KeyAnswer>>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** The records for this signer. RFC 6376 §3.6.2.1. Never rejects. */
  find(selector: string, domain: string): Promise<KeyAnswer> {
    const name = keyName(selector, domain);
    if (name === null) return Promise.resolve(permerror('the name of its key is too long'));
    const known = this.#answers.get(name);
    if (known) return known;
    const answer = this.#ask(name);
    this.#answers.set(name, answer);
    return answer;
  }

  async #ask(name: string): Promise<KeyAnswer> {
    try {
      const records = await this.#resolver.resolveTxt(name);
      if (records.length === 0) return permerror('there is no key');
      return records.slice(0, MAX_KEY_RECORDS).map((strings) => readRecord(strings.join('')));
    } catch (error) {
      if (isNone(error)) return permerror('there is no key');
      return { result: 'temperror', reason: `the key could not be asked for${codeOf(error)}` };
    }
  }
}

/**
 * Records by their text: most mail comes from few domains, and a key that was read stays with its record. An entry is what
 * its text says, whoever brought it in.
 */
const known = new Map<string, KeyRecord | Refusal>();

function readRecord(text: string): KeyRecord | Refusal {
  const found = known.get(text);
  if (found) return found;
  const record = parseKeyRecord(text);
  if (known.size === MAX_KNOWN_RECORDS) known.clear();
  if (text.length <= MAX_KNOWN_RECORD) known.set(text, record);
  return record;
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? `: ${code}` : '';
}
