/** What can be known of whatever was thrown. */
import { ConfigError } from './config/config-error.ts';

/** The message, to stand in a sentence. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Node's code of an error, as `ENOENT`; empty for what has none. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : '';
}

/** Passes on what a promise gives; what it rejects with then begins with the key of the configuration that is concerned. */
export async function concerning<T>(key: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new Error(`${key}: ${messageOf(error)}`, { cause: error });
  }
}
