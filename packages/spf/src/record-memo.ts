/**
 * Records that were parsed lately. Most mail comes from few senders, and their records from fewer providers still.
 */
import { parseRecord, type SpfFault, type SpfRecord } from './record.ts';

/** Records that are kept; then all go at once. Our own choice. */
const MAX_RECORDS = 1_000;
/** Characters of a record that is kept, so that nobody fills the memory with long ones. Our own choice. */
const MAX_LENGTH = 1_000;

const kept = new Map<string, SpfRecord | SpfFault>();

/** The same as `parseRecord`, of which the outcome depends on the text alone. */
export function recall(text: string): SpfRecord | SpfFault {
  const known = kept.get(text);
  if (known) return known;
  const record = parseRecord(text);
  if (text.length > MAX_LENGTH) return record;
  if (kept.size === MAX_RECORDS) kept.clear();
  kept.set(text, record);
  return record;
}
