/** Commands of the TRANSACTION state that the maildrop alone can answer, each with one line. RFC 1939 §5, §7. */
import type { Refusal } from './events.ts';
import type { Maildrop } from './maildrop.ts';
import { err, OK, ok, REFUSALS } from './replies.ts';

/** STAT: the drop listing; marked messages do not count. RFC 1939 §5. */
export function stat(maildrop: Maildrop): string {
  return ok(`${maildrop.count} ${maildrop.octets}`);
}

/** LIST or UIDL of one message. RFC 1939 §5, §7. */
export function list(maildrop: Maildrop, number: number, field: 'size' | 'uid'): string {
  const refusal = unavailable(maildrop, number);
  return refusal ? err(refusal) : ok(`${number} ${maildrop.entries[number - 1]?.[field]}`);
}

/** DELE: marks, and removes nothing. RFC 1939 §5. */
export function dele(maildrop: Maildrop, number: number): string {
  const refusal = unavailable(maildrop, number);
  if (refusal) return err(refusal);
  maildrop.delete(number - 1);
  return ok(OK.deleted);
}

/** RSET: takes the marks away. RFC 1939 §5. */
export function rset(maildrop: Maildrop): string {
  maildrop.reset();
  return ok(OK.reset);
}

/** The status line of LIST or UIDL of all; the lines follow it. */
export function listingHead(maildrop: Maildrop, field: 'size' | 'uid'): string {
  return ok(field === 'size' ? `${maildrop.count} messages:` : OK.uidl);
}

/** Why this number names no message, or null when it does. */
export function unavailable(maildrop: Maildrop, number: number): Refusal | null {
  const state = maildrop.state(number);
  if (state === 'here') return null;
  return state === 'deleted' ? REFUSALS.deleted : { text: `There's no message ${number}.` };
}
