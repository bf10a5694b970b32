/**
 * The names of Maildir++ folders: `.Lists.&ANw-ber` is the folder Über in the folder Lists. Each part is in the modified
 * UTF-7 of IMAP (RFC 3501, "Mailbox International Naming Convention"), as Dovecot and Courier have it on disk.
 */

/** A file name's octets. */
const NAME_LIMIT = 255;
/** U+FFFD or half a pair cannot come back; a dot parts the names, a slash the folders of the disk. */
const FORBIDDEN = /[./\0\uFFFD]/;

/** The file name of a folder, `['Lists', 'Über']`; null for what can be no folder: no part, an empty one, a dot or slash. */
export function formatFolderName(path: readonly string[]): string | null {
  const name = path.map((part) => `.${encode(part)}`).join('');
  const fits = path.length > 0 && name.length <= NAME_LIMIT;
  return fits && path.every(isPart) ? name : null;
}

/** The folder of a file name; null for what `formatFolderName` would write otherwise, or not at all. */
export function parseFolderName(name: string): string[] | null {
  const path = name.split('.').slice(1).map(decode);
  return formatFolderName(path) === name ? path : null;
}

function isPart(part: string): boolean {
  return part !== '' && part.isWellFormed() && !FORBIDDEN.test(part);
}

function encode(text: string): string {
  return text.replaceAll(/&|[^\x20-\x7E]+/g, (run) => (run === '&' ? '&-' : `&${base64(run)}-`));
}

function base64(text: string): string {
  const octets = Buffer.from(text, 'utf16le').swap16();
  return octets.toString('base64').replace(/=+$/, '').replaceAll('/', ',');
}

function decode(text: string): string {
  return text.replaceAll(/&([^-]*)-/g, (_, run: string) => (run === '' ? '&' : unicode(run)));
}

function unicode(run: string): string {
  const octets = Buffer.from(run.replaceAll(',', '/'), 'base64');
  return octets
    .subarray(0, octets.length & ~1)
    .swap16()
    .toString('utf16le');
}
