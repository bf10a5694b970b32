/**
 * Signing, while the message flows. RFC 6376 §5. The header block is held, the body is only hashed, and several
 * signatures share both. The sink takes the message as it will be sent: lines end in CRLF, nothing is dot-stuffed.
 */
import { createHash, type KeyObject, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { type HeaderBlock, HeaderReader } from '@postino/message';
import { type Sink, StateError } from '@postino/wire';

import { Body, type BodyHash } from './body-hash.ts';
import { canonicalHeader, FieldIndex } from './canonical-header.ts';
import { completeSignature, formatSignature, type SignatureText } from './format-signature.ts';
import { messageInto } from './message-into.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import {
  checkSigning,
  type DkimSignerOptions,
  type Signing,
  type SigningHeader,
} from './signer-options.ts';

/** Off the loop: an RSA signature takes longer than all the rest of a message. */
const signAway = promisify<string | null, Buffer, KeyObject, Buffer>(signBytes);

/** A message that cannot be signed as it is: its header block is too large, or has a line that ends in LF alone. */
export class UnsignableError extends Error {
  override readonly name = 'UnsignableError';
}

/**
 * A sink for a message that ends in its DKIM-Signature fields, each with its CRLF, in the order of the options, to be put
 * above all others. A bad key, selector, domain or any other option is a `TypeError` here and now; an `UnsignableError`
 * is what `end()` may reject with. Never is there an empty result.
 */
export function dkimSigner(
  options: DkimSignerOptions | readonly DkimSignerOptions[],
): Sink<string> {
  return new DkimSigner([options].flat());
}

/** Signs a message: gives what is to be put above it. */
export function sign(
  message: Uint8Array | AsyncIterable<Uint8Array>,
  options: DkimSignerOptions | readonly DkimSignerOptions[],
): Promise<string> {
  return messageInto(dkimSigner(options), message);
}

class DkimSigner implements Sink<string> {
  readonly #reader = new HeaderReader();
  readonly #body = new Body();
  readonly #signatures: readonly { readonly signing: Signing; readonly hash: BodyHash }[];
  #closed = false;

  constructor(options: readonly DkimSignerOptions[]) {
    if (options.length === 0) throw new TypeError('dkimSigner needs at least one signature');
    this.#signatures = options.map((one) => {
      const signing = checkSigning(one);
      const wanted = { canonicalization: signing.body, hash: 'sha256', length: null };
      return { signing, hash: this.#body.want(wanted) };
    });
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) throw new StateError('the message has ended');
    for (const part of this.#reader.push(bytes)) this.#body.write(part);
  }

  async end(): Promise<string> {
    if (this.#closed) throw new StateError('the message has ended');
    this.#closed = true;
    for (const part of this.#reader.end()) this.#body.write(part);
    this.#body.end();
    const header = this.#reader.header!;
    if (this.#reader.fault) throw new UnsignableError('the header block is too large');
    if (hasBareLf(header)) {
      // RFC 6376 §5.3: a signature over lines that will be changed on their way would never hold.
      throw new UnsignableError('a line of the header ends in LF alone: sign what will be sent');
    }
    const fields = new FieldIndex(header);
    const texts = this.#signatures.map(({ signing, hash }) => signField(signing, hash, fields));
    return (await Promise.all(texts)).join('');
  }

  async abort(): Promise<void> {
    this.#closed = true;
  }
}

async function signField(signing: Signing, hash: BodyHash, fields: FieldIndex): Promise<string> {
  const headers = listHeaders(signing, fields);
  const text = formatSignature(tagsOf(signing, headers, hash));
  const own = Buffer.from(`${text};`, 'latin1');
  const signed = fields.select(headers.map(({ key }) => key));
  const data = canonicalHeader(signed, own, signing.header);
  const value =
    signing.key.asymmetricKeyType === 'rsa'
      ? await signAway('sha256', data, signing.key)
      : // RFC 8463 §3: it is the hash that is signed.
        await signAway(null, createHash('sha256').update(data).digest(), signing.key);
  return completeSignature(text, value.toString('base64'));
}

/** What `h=` lists: each field as often as it is there, and once more where nobody may add one. RFC 6376 §5.4. */
function listHeaders({ headers }: Signing, fields: FieldIndex): SigningHeader[] {
  const listed: SigningHeader[] = [];
  for (const header of headers) {
    const times = fields.count(header.key) + header.more;
    for (let time = 0; time < times; time++) listed.push(header);
  }
  return listed;
}

function tagsOf(
  signing: Signing,
  headers: readonly SigningHeader[],
  hash: BodyHash,
): SignatureText {
  const { identity, expires, timestamp } = signing;
  const now = Math.floor(signing.now() / 1000);
  const before: [string, string | number][] = [
    ['v', 1],
    ['a', `${signing.key.asymmetricKeyType}-sha256`],
    ['q', 'dns/txt'],
    ['c', `${signing.header}/${signing.body}`],
    ['d', signing.domain],
    ['s', signing.selector],
  ];
  const after: [string, string | number][] = [['bh', hash.digest().toString('base64')]];
  if (signing.bodyLength) after.push(['l', hash.size]);
  if (identity !== null) after.push(['i', encodeQuotedPrintable(identity)]);
  if (timestamp) after.push(['t', now]);
  if (expires !== null) after.push(['x', now + expires]);
  return { before, headers: headers.map(({ name }) => name), after };
}

function hasBareLf(header: HeaderBlock): boolean {
  return [...header.fields, header.separator].some((bytes) => {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      if (bytes[at - 1] !== 0x0d) return true;
    }
    return false;
  });
}
