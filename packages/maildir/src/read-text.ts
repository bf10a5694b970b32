import { pieces, type OpenFile } from '@postino/files';

/** What an open file holds, up to so many octets, as UTF-8. */
export async function readText(file: OpenFile, limit: number = Infinity): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of pieces(file, 0, limit)) parts.push(part);
  return Buffer.concat(parts).toString();
}
