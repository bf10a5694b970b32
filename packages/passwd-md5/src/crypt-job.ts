/** One hash of crypt(3) to be computed, in a form that goes to a worker and back. */

import bcrypt from 'bcryptjs';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt, type ShaCryptSetting } from './sha-crypt.ts';

/** `setting`: of bcrypt all that stands before the digest, `$2y$10$` and 22 digits of salt; of MD5 the salt. */
export type CryptJob = { readonly password: Uint8Array } & (
  | { readonly type: 'bcrypt' | 'md5'; readonly setting: string }
  | { readonly type: 'sha'; readonly setting: ShaCryptSetting }
);

/** The digest in the digits of crypt(3), without the setting. It may take seconds. */
export function cryptDigest(job: CryptJob): string {
  const { password } = job;
  if (job.type === 'sha') return shaCrypt(password, job.setting);
  if (job.type === 'md5') return md5Crypt(password, job.setting);
  return bcrypt.hashSync(Buffer.from(password).toString(), job.setting).slice(job.setting.length);
}
