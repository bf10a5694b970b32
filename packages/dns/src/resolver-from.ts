/**
 * The five methods of a resolver over its one question.
 */
import { DnsError } from './dns-error.ts';
import type { MxRecord, Query, QueryResolver, RecordType } from './types.ts';

/**
 * A resolver made of a `query` function. What it gives is looked at: no records are `ENODATA`, and records of another
 * shape than `Resolver` promises are `EBADRESP`. The lists are the caller's own, to sort or change.
 */
export function resolverFrom(query: Query): QueryResolver {
  async function ask<T>(
    name: string,
    type: RecordType,
    read: (record: unknown) => T | null,
  ): Promise<T[]> {
    const { records } = await query(name, type);
    if (records.length === 0) throw new DnsError('ENODATA', type, name);
    return records.map((record) => {
      const value = read(record);
      if (value === null) throw new DnsError('EBADRESP', type, name);
      return value;
    });
  }
  return {
    resolve4: (name) => ask(name, 'A', readText),
    resolve6: (name) => ask(name, 'AAAA', readText),
    resolveMx: (name) => ask(name, 'MX', readMx),
    resolveTxt: (name) => ask(name, 'TXT', readChunks),
    resolvePtr: (name) => ask(name, 'PTR', readText),
    query,
  };
}

function readText(record: unknown): string | null {
  return typeof record === 'string' ? record : null;
}

function readMx(record: unknown): MxRecord | null {
  if (typeof record !== 'object' || record === null) return null;
  if (!('priority' in record && 'exchange' in record)) return null;
  const { priority, exchange } = record;
  return typeof priority === 'number' && typeof exchange === 'string'
    ? { priority, exchange }
    : null;
}

function readChunks(record: unknown): string[] | null {
  return Array.isArray(record) && record.every((chunk) => typeof chunk === 'string')
    ? [...record]
    : null;
}
