/**
 * Dovecot's `dovecot-uidlist`, which is read and never written: so that messages keep the unique-ids which its POP3 gave
 * them. Version 3: `3 V<validity> N<next> G<guid>`, then a line `<uid> [fields] :<file name>` for each message.
 */

/** A unique-id of Dovecot's: from numbers, or the one that was set for this message alone (`P`). */
export interface UidRecord {
  readonly uid: number;
  readonly uidl?: string;
}

export interface UidList {
  readonly validity: number;
  /** By the unique part of the file name. */
  readonly records: ReadonlyMap<string, UidRecord>;
}

const FIRST_LINE = /^3 (?:[A-Z]\S* )*V(\d{1,10})(?: |$)/;
const LINE = /^(\d{1,10}) (?:([^:].*?) )?:([^,:]+)/;
const VARIABLE = /%(?:0(\d{1,2}))?(X?)([uvf])/g;

/** Dovecot's own `pop3_uidl_format`: UID, then UIDVALIDITY, each as eight digits in hex. */
export const DOVECOT_UIDL = '%08Xu%08Xv';

/** The list of a file; null for one of another version, or none at all. Lines that are cut off or spoiled are passed over. */
export function parseUidList(text: string): UidList | null {
  const [first = '', ...lines] = text.split('\n');
  const [, validity] = FIRST_LINE.exec(first) ?? [];
  if (validity === undefined) return null;
  // Behind the last line end there is nothing, or a line whose writer died.
  return { validity: Number(validity), records: new Map(lines.slice(0, -1).flatMap(recordOf)) };
}

/**
 * Whether text is a `pop3_uidl_format` that we know: `%u` is the UID, `%v` the UIDVALIDITY, `%f` the file's name; with
 * `08` as many digits, with `X` in hex. Not done: `%g` and `%m`, nor Dovecot 2.4's notation, `%{uid | hex(8)}`.
 */
export function isUidlFormat(format: string): boolean {
  return (
    /%[^%]*[uf]/.test(format) &&
    /^[!-~]+$/.test(format) &&
    !format.replaceAll(VARIABLE, '').includes('%')
  );
}

/** The unique-id that Dovecot gives to a message of its list. */
export function uidlOf(
  format: string,
  { uid, uidl }: UidRecord,
  list: { validity: number; name: string },
): string {
  if (uidl !== undefined) return uidl;
  return format.replaceAll(VARIABLE, (_, width: string | undefined, hex: string, of: string) => {
    if (of === 'f') return list.name;
    const number = of === 'u' ? uid : list.validity;
    return number.toString(hex ? 16 : 10).padStart(Number(width ?? 0), '0');
  });
}

function recordOf(line: string): [string, UidRecord][] {
  const [, uid, fields = '', name] = LINE.exec(line) ?? [];
  if (uid === undefined || name === undefined) return [];
  const uidl = fields
    .split(' ')
    .find((field) => /^P./.test(field))
    ?.slice(1);
  return [[name, { uid: Number(uid), ...(uidl !== undefined && { uidl }) }]];
}
