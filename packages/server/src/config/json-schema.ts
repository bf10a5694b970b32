/** The form of the file for programs: editors that complete and check TOML, and the reference in the documents. */
import * as z from 'zod';
import { configSchema } from './schema.ts';

/** JSON Schema (draft 2020-12) of the configuration: every key, what may be written there, and its default. */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(configSchema('/'), { io: 'input' });
}
