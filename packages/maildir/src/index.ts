export { Maildir } from './maildir.ts';
export { GoneError } from './gone-error.ts';
export { isUniqueName, nameFor, uidOf, uniqueName } from './unique-name.ts';
export { formatFileName, parseFileName, type FileName } from './file-name.ts';
export { holdLock, type Lock } from '@postino/files';
export type { Content, DeliveryOptions, Entry, Folder, MaildirOptions } from './types.ts';
