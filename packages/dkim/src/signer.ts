/**
 * Signing, while the message flows. RFC 6376 §5. The header block is held, the body is only hashed, and several
 * signatures share both. The sink takes the message as it will be sent: lines end in CRLF, nothing is dot-stuffed.
 */
import { createHash, type KeyObject, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';

import type { Sink } from '@postino/wire';

import type { BodyHash } from './body-hash.ts';
import { canonicalHeader, FieldIndex } from './canonical-header.ts';
import { completeSignature, formatSignature, type SignatureText } from './format-signature.ts';
import { messageInto } from './message-into.ts';
import { MessageParts } from './message-parts.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import { endSignable } from './signable.ts';
import {
  checkSigning,
  type DkimSignerOptions,
  type Signing,
  type SigningHeader,
} from './signer-options.ts';

/** Off the loop: an RSA signature takes longer than all the rest of a message. */
const signAway = promisify<string | null, Buffer, KeyObject, Buffer>(signBytes);

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
  readonly #parts = new MessageParts();
  readonly #signatures: readonly { readonly signing: Signing; readonly hash: BodyHash }[];

  constructor(options: readonly DkimSignerOptions[]) {
    if (options.length === 0) throw new TypeError('dkimSigner needs at least one signature');
    this.#signatures = options.map((one) => {
      const signing = checkSigning(one);
      const wanted = { canonicalization: signing.body, hash: 'sha256', length: null };
      return { signing, hash: this.#parts.body.want(wanted) };
    });
  }

  write(bytes: Uint8Array): void {
    this.#parts.write(bytes);
  }

  async end(): Promise<string> {
    const fields = new FieldIndex(endSignable(this.#parts));
    const texts = this.#signatures.map(({ signing, hash }) => signField(signing, hash, fields));
    return (await Promise.all(texts)).join('');
  }

  async abort(): Promise<void> {
    this.#parts.abort();
  }
}

async function signField(signing: Signing, hash: BodyHash, fields: FieldIndex): Promise<string> {
  const headers = listHeaders(signing, fields);
  const text = formatSignature(tagsOf(signing, headers, hash));
  return signOver(text, fields.select(headers.map(({ key }) => key)), signing);
}

/** The whole field, once these fields and what there is of its own are signed. RFC 6376 §3.7. */
export async function signOver(
  text: string,
  fields: readonly Uint8Array[],
  { key, header }: Pick<Signing, 'key' | 'header'>,
): Promise<string> {
  const data = canonicalHeader(fields, Buffer.from(`${text};`, 'latin1'), header);
  const value =
    key.asymmetricKeyType === 'rsa'
      ? await signAway('sha256', data, key)
      : // RFC 8463 §3: it is the hash that is signed.
        await signAway(null, createHash('sha256').update(data).digest(), key);
  return completeSignature(text, value.toString('base64'));
}

/** What `h=` lists: each field as often as it is there, and once more where nobody may add one. RFC 6376 §5.4. */
export function listHeaders({ headers }: Signing, fields: FieldIndex): SigningHeader[] {
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
  return {
    name: 'DKIM-Signature',
    before,
    headers: headers.map(({ name }) => name),
    after,
  };
}
