/** The four messages of SCRAM as text. RFC 5802 §7. */

import { decodeBase64 } from '@postino/wire';

/** `gs2-header client-first-message-bare` */
export interface ClientFirst {
  /** `n`: the client has no channel binding; `y`: it has, and thinks that we have not; `p`: the type that it uses. */
  readonly flag: 'n' | 'y' | 'p';
  readonly bindingType: string;
  /** Whom to act as; empty: the user itself. */
  readonly authzid: string;
  readonly user: string;
  readonly nonce: string;
  /** As they came, since both go into the proof. */
  readonly header: string;
  readonly bare: string;
}

export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export interface ClientFinal {
  /** What stands in `c=`, in base64. */
  readonly binding: string;
  readonly nonce: string;
  readonly proof: Uint8Array;
  readonly withoutProof: string;
}

const NONCE = String.raw`[!-+\--~]+`;
// An attribute `m` anywhere is an extension that must be known. RFC 5802 §5.1.
const EXTENSIONS = String.raw`(?:,[A-Za-ln-z]=[^,\0]+)*`;
const CLIENT_FIRST = new RegExp(
  String.raw`^((?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,\0]+))?,)(n=([^,\0]+),r=(${NONCE})${EXTENSIONS})$`,
);
const SERVER_FIRST = new RegExp(
  String.raw`^r=(${NONCE}),s=([^,\0]+),i=([1-9]\d{0,8})${EXTENSIONS}$`,
);
const CLIENT_FINAL = new RegExp(String.raw`^(c=([^,\0]+),r=(${NONCE})${EXTENSIONS}),p=([^,\0]+)$`);
const SERVER_FINAL = new RegExp(String.raw`^v=([^,\0]+)${EXTENSIONS}$`);

export function parseClientFirst(text: string): ClientFirst | null {
  const match = CLIENT_FIRST.exec(text);
  if (!match) return null;
  const [
    ,
    header = '',
    flag = 'p',
    bindingType = '',
    asked = '',
    bare = '',
    name = '',
    nonce = '',
  ] = match;
  const authzid = unescapeName(asked);
  const user = unescapeName(name);
  if (authzid === null || user === null) return null;
  return {
    flag: flag === 'n' || flag === 'y' ? flag : 'p',
    bindingType,
    authzid,
    user,
    nonce,
    header,
    bare,
  };
}

export function parseServerFirst(text: string): ServerFirst | null {
  const [, nonce = '', salted = '', count] = SERVER_FIRST.exec(text) ?? [];
  const salt = decodeBase64(salted);
  return count === undefined || !salt?.length ? null : { nonce, salt, iterations: Number(count) };
}

export function parseClientFinal(text: string): ClientFinal | null {
  const [, withoutProof = '', binding = '', nonce = '', proved] = CLIENT_FINAL.exec(text) ?? [];
  const proof = proved === undefined ? null : decodeBase64(proved);
  return proof && { binding, nonce, proof, withoutProof };
}

/** The server's signature, or null for an error and for what is no such message. */
export function parseServerFinal(text: string): Uint8Array | null {
  const [, signature] = SERVER_FINAL.exec(text) ?? [];
  return signature === undefined ? null : decodeBase64(signature);
}

/** A name within a message: commas and equals signs are written otherwise. */
export function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

/** What a name within a message stands for; null where an equals sign is followed by something else. */
export function unescapeName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
