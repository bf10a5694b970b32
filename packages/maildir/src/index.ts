export { Maildir } from './maildir.ts';
export { GoneError } from './gone-error.ts';
export { holdLock, type Lock } from './lock.ts';
export { isUniqueName, nameFor, uidOf, uniqueName } from './unique-name.ts';
export { formatFileName, parseFileName, type FileName } from './file-name.ts';
export { nodeFiles, type Files, type FileStatus, type OpenFile } from './files.ts';
export type { Content, DeliveryOptions, Entry, Folder, MaildirOptions } from './types.ts';
