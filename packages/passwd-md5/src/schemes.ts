/** How passwords are kept: one row for each scheme. */

import { createHash, timingSafeEqual } from 'node:crypto';

/** Does this password belong to the hash? Takes as long whatever the answer is. */
export type Check = (password: Uint8Array) => boolean | Promise<boolean>;

/** Reads a hash, without its `{SCHEME}`; null: malformed, so it matches nothing. */
export type Scheme = (hash: string) => Check | null;

/** Schemes by name, in any case; the empty name is for hashes without a `{SCHEME}`. */
export type Schemes = Readonly<Record<string, Scheme>>;

const SCHEMES: Schemes = {
  '': md5,
  MD5: md5,
  'PLAIN-MD5': md5,
  'LDAP-MD5': md5,
};

const PREFIX = /^\{([A-Za-z0-9.-]+)\}/;
const NAME = /^[A-Za-z0-9.-]*$/;
const HEX = /^[0-9a-f]{32}$/i;
// Sixteen octets leave four bits of the last digit unused; only the spelling with zeros there is right.
const BASE64 = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Reads a whole hash field, `{SCHEME}` and all; `more` adds to the table above, or replaces rows of it. */
export function hashReader(more: Schemes = {}): Scheme {
  const table = new Map<string, Scheme>();
  for (const [name, scheme] of [...Object.entries(SCHEMES), ...Object.entries(more)]) {
    if (!NAME.test(name)) throw new TypeError(`${name} cannot be the name of a scheme`);
    table.set(name.toUpperCase(), scheme);
  }
  return (field) => {
    const [prefix = '', name = ''] = PREFIX.exec(field) ?? [];
    return table.get(name.toUpperCase())?.(field.slice(prefix.length)) ?? null;
  };
}

/** MD5 without salt: 32 hexadecimal digits in any case, or 24 characters of base64. */
function md5(hash: string): Check | null {
  if (HEX.test(hash)) return md5Check(Buffer.from(hash, 'hex'));
  return BASE64.test(hash) ? md5Check(Buffer.from(hash, 'base64')) : null;
}

/** Compares with a digest of 16 octets. */
export function md5Check(digest: Uint8Array): Check {
  return (password) => timingSafeEqual(digest, createHash('md5').update(password).digest());
}
