export type { Files, FileStatus, OpenFile } from './types.ts';
export { nodeFiles } from './node-files.ts';
export { APPEND, CREATE, FOLDER, READ } from './open-flags.ts';
export { withFile } from './with-file.ts';
export { pieces } from './pieces.ts';
export { makeFolder, makePath, syncFolder } from './folders.ts';
export { GroupCommit } from './group-commit.ts';
export { holdLock, type Lock } from './lock.ts';
export { codeOf, isMissing } from './error-code.ts';
