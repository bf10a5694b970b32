/** The few calls on files that durability is made of, as a port: the real ones are Node's, a test puts faults between. */

/** All calls reject with Node's own errors: `error.code` is `ENOSPC`, `EDQUOT`, `EACCES`... */
export interface Files {
  /** `flags` as `CREATE`, `APPEND`, `READ` and `FOLDER` have them; `mode`: the rights of a file that is made, 0o600 where not given. */
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  /** Makes one folder that must not stand there yet. */
  mkdir(path: string, mode: number): Promise<void>;
  /** Links are not followed. */
  lstat(path: string): Promise<FileStatus>;
  /** Names of the regular files in a folder. */
  list(path: string): Promise<string[]>;
  /** Names of the folders in a folder; a link to one is none. */
  folders(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface FileStatus {
  readonly isFolder: boolean;
  readonly mode: number;
  /** In octets. */
  readonly size: number;
  /** Last change of content, name or rights, in ms since 1970. */
  readonly changed: number;
}

export interface OpenFile {
  /** Writes all of it behind what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Octets put into `into`, from `position` of the file on; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Takes away all that stands behind so many octets. */
  truncate(size: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}
