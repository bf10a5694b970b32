/**
 * Unique names: no two deliveries ever share one, whatever processes, containers and clocks do. Seconds, then a
 * delivery identifier, then the host, as https://cr.yp.to/proto/maildir.html asks.
 */
import { hash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** So that seconds, identifier, host, sizes and flags stay below the 255 octets of a file name. */
const HOST_LIMIT = 100;
/** The same bound for names of the caller's choice. */
const NAME_LIMIT = 180;
/** The longest unique-id that POP3 carries. RFC 1939 §7. */
const UID_LIMIT = 70;

let deliveries = 0;

/**
 * A name that was never used: `M` microseconds, `P` process, `Q` deliveries of this process, `R` random. The random
 * part alone keeps containers apart that share process number and host, and clocks that went back.
 */
export function uniqueName(now: number, host: string = hostname()): string {
  const random = randomBytes(8).toString('hex');
  return join(now, `P${process.pid}Q${++deliveries}R${random}`, host);
}

/**
 * The name that belongs to a key, say message id and recipient: always the same, so that a delivery which is done
 * again after a crash finds the first. `time` is in ms since 1970 and must be the same each time too.
 */
export function nameFor(time: number, key: string, host: string = hostname()): string {
  return join(time, `R${hash('sha256', key).slice(0, 32)}`, host);
}

/** Whether a caller's name can be the unique part of a file name. */
export function isUniqueName(name: string): boolean {
  return name.length <= NAME_LIMIT && /^[!-~]+$/.test(name) && !/^\.|[/,:]/.test(name);
}

/** A name as POP3 can carry it: itself where it is 1 to 70 octets of 0x21 to 0x7E, else its hash. RFC 1939 §7. */
export function uidOf(name: string): string {
  const fits = name.length <= UID_LIMIT && /^[!-~]+$/.test(name);
  return fits ? name : hash('sha256', name, 'base64url');
}

function join(time: number, identifier: string, host: string): string {
  const milliseconds = Math.trunc(time);
  const microseconds = (milliseconds % 1000) * 1000;
  return `${Math.trunc(milliseconds / 1000)}.M${microseconds}${identifier}.${escapeHost(host)}`;
}

/** `/` and `:` cannot stand in a name, a comma begins our fields; what is no visible ASCII could break a UIDL line. */
function escapeHost(host: string): string {
  const octets = [...Buffer.from(host)].map((octet) =>
    octet > 0x20 && octet < 0x7f && !'/:,\\'.includes(String.fromCharCode(octet))
      ? String.fromCharCode(octet)
      : `\\${octet.toString(8).padStart(3, '0')}`,
  );
  return octets.join('').slice(0, HOST_LIMIT);
}
