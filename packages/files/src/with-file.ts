import type { Files, OpenFile } from './types.ts';

/** Opens a file, does something with it, and closes it whatever comes of it. */
export async function withFile<T>(
  files: Files,
  [path, flags, mode]: readonly [path: string, flags: number, mode?: number],
  act: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(path, flags, mode);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}
