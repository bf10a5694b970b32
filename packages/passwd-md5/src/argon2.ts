/** Argon2, RFC 9106, which Node has from 24.7 on. */

import * as crypto from 'node:crypto';
import { same, tooDear, type Check, type CostLimits, type HashFault } from './scheme.ts';
import { oneOfFew } from './turnstile.ts';

/** What stands in such a hash before its tag. */
export interface Argon2Setting {
  readonly algorithm: 'argon2d' | 'argon2i' | 'argon2id';
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
}

const HASH =
  /^\$(argon2i?d?)\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,7})\$([^$]{11,128})\$([^$]{6,128})$/;
/** RFC 9106 §3.1. */
const MIN_MEMORY_PER_LANE = 8;

/** Node's function, as far as it is used here. */
type NodeArgon2 = (
  algorithm: string,
  parameters: object,
  done: (error: Error | null, tag: Uint8Array) => void,
) => void;

/** Reads `$argon2id$v=19$m=65536,t=3,p=1$salt$tag`, base64 without padding. */
export function argon2(hash: string, limits: CostLimits): Check | HashFault | null {
  const [, algorithm, m, t, p, salt64 = '', tag64 = ''] = HASH.exec(hash) ?? [];
  const salt = unpadded(salt64);
  const tag = unpadded(tag64);
  if (!isAlgorithm(algorithm) || !salt || !tag) return null;
  const setting = { algorithm, memory: Number(m), passes: Number(t), lanes: Number(p), salt };
  if (setting.memory < MIN_MEMORY_PER_LANE * setting.lanes) return null;
  const fault = excess(setting, limits) ?? missing();
  return fault ?? (async (password) => same(tag, await argon2Tag(password, setting, tag.length)));
}

/** The tag of so many octets; rejects with a `TypeError` where Node has no Argon2. RFC 9106 §3.1. */
export function argon2Tag(
  password: Uint8Array,
  { algorithm, memory, passes, lanes, salt }: Argon2Setting,
  tagLength: number,
): Promise<Uint8Array> {
  const parameters = {
    message: password,
    nonce: salt,
    memory,
    passes,
    parallelism: lanes,
    tagLength,
  };
  return oneOfFew(
    () =>
      new Promise((resolve, reject) => {
        const compute = nodeArgon2();
        if (!compute) throw new TypeError(NEEDS_NODE);
        compute(algorithm, parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
      }),
  );
}

const NEEDS_NODE = 'Argon2 needs Node 24.7 or later';

function missing(): HashFault | null {
  return nodeArgon2() ? null : { fault: NEEDS_NODE };
}

function nodeArgon2(): NodeArgon2 | null {
  const found: unknown = Reflect.get(crypto, 'argon2');
  return isArgon2(found) ? found : null;
}

function isArgon2(value: unknown): value is NodeArgon2 {
  return typeof value === 'function';
}

function isAlgorithm(text: string | undefined): text is Argon2Setting['algorithm'] {
  return text === 'argon2d' || text === 'argon2i' || text === 'argon2id';
}

function excess(setting: Argon2Setting, limits: CostLimits): HashFault | null {
  if (setting.memory > limits.memory) return tooDear(`${setting.memory} KiB`, limits.memory);
  if (setting.passes > limits.passes) return tooDear(`${setting.passes} passes`, limits.passes);
  return setting.lanes > limits.lanes ? tooDear(`${setting.lanes} lanes`, limits.lanes) : null;
}

function unpadded(base64: string): Buffer | null {
  const octets = Buffer.from(base64, 'base64');
  const isExact = octets.toString('base64').replace(/=+$/, '') === base64;
  return octets.length > 0 && isExact ? octets : null;
}
