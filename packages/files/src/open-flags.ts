/** The ways in which a file is opened. None follows a link. */
import { constants } from 'node:fs';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY } =
  constants;

/** A file to write and to read again, which must not stand there yet. */
export const CREATE: number = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
/** A file that stands there, to write behind what it holds. */
export const APPEND: number = O_WRONLY | O_APPEND | O_NOFOLLOW;
/** A file to read. */
export const READ: number = O_RDONLY | O_NOFOLLOW;
/** A folder, to be synced or to have its rights changed. */
export const FOLDER: number = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
