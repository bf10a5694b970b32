export type { PasswdFileOptions } from './passwd-file.ts';
export type { Check, Scheme, Schemes } from './schemes.ts';
export { PasswdFile } from './passwd-file.ts';
export { parsePasswd } from './parse-passwd.ts';
export { canonicalUser } from './user.ts';
