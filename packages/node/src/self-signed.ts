/**
 * A certificate that vouches for itself, for trying out and for tests: ECDSA on P-256, RFC 5280 §4.1. Node makes keys
 * and signatures but no certificates; this is the little DER that is missing.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { ipOctets } from '@postino/wire';

const DAY = 86_400_000;
/** Days that a certificate is good for unless said otherwise. Our choice. */
const VALID_DAYS = 365;

// RFC 5758 §3.2, RFC 5280 §A.1, §A.2
const ECDSA_WITH_SHA256 = sequence(tag(0x06, bytes('2a8648ce3d040302')));
const COMMON_NAME = tag(0x06, bytes('550403'));
const SUBJECT_ALT_NAME = tag(0x06, bytes('551d11'));

/** PEM texts. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

export interface SelfSignedOptions {
  readonly days?: number;
  readonly now?: Date;
}

/** A certificate for names and addresses, at least one, and its key. A name that is not ASCII is a `TypeError`. */
export function selfSigned(
  names: readonly [string, ...string[]],
  { days = VALID_DAYS, now = new Date() }: SelfSignedOptions = {},
): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = sequence(
    tag(0xa0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    distinguishedName(names[0]),
    sequence(time(now), time(new Date(now.getTime() + days * DAY))),
    distinguishedName(names[0]),
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tag(0x04, sequence(...names.map(generalName)))))),
  );
  const certificate = sequence(
    body,
    ECDSA_WITH_SHA256,
    bitString(sign('sha256', body, privateKey)),
  );
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tag(0x31, sequence(COMMON_NAME, tag(0x0c, Buffer.from(commonName)))));
}

/** A dNSName or an iPAddress. RFC 5280 §4.2.1.6. */
function generalName(name: string): Buffer {
  const octets = ipOctets(name);
  if (octets) return tag(0x87, Buffer.from(octets));
  if (!/^[\x21-\x7e]+$/.test(name)) throw new TypeError(`not an ASCII host name: ${name}`);
  return tag(0x82, Buffer.from(name));
}

/** UTCTime up to 2049, then GeneralizedTime. RFC 5280 §4.1.2.5. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? tag(0x17, Buffer.from(digits.slice(2)))
    : tag(0x18, Buffer.from(digits));
}

/** A positive INTEGER: a first octet of 0x80 or more would make it negative. */
function integer(value: Buffer): Buffer {
  const positive = Buffer.from(value);
  positive[0] = (positive[0] ?? 0) & 0x7f || 1;
  return tag(0x02, positive);
}

function bitString(content: Buffer): Buffer {
  return tag(0x03, Buffer.concat([Buffer.of(0), content]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts));
}

function tag(type: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(type, length), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(type, ...size), content]);
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
