/** How much may still be written. */
import { statfs } from 'node:fs/promises';

/** Octets free for us on the disk that holds `path`; 0 also when it can take no more files. */
export async function room(path: string): Promise<number> {
  const { bavail, bsize, files, ffree } = await statfs(path);
  // Some file systems do not count files: `files` is 0 there.
  return files > 0 && ffree === 0 ? 0 : bavail * bsize;
}
