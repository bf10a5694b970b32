/** A key for signing, and what the world must know of it. */
import { writeFile } from 'node:fs/promises';
import { dkimSigner, generateKey } from '@postino/dkim';
import { txtData } from './zone-lines.ts';

export interface KeygenOptions {
  readonly domain: string;
  readonly selector: string;
  /** The file to write; what is there stays, and is an error. */
  readonly key: string;
  readonly algorithm: 'rsa' | 'ed25519';
}

/** Writes the key, for its owner alone to read, and gives what to tell the operator. */
export async function dkimKeygen(options: KeygenOptions): Promise<string> {
  const { domain, selector, key: file, algorithm } = options;
  const { privateKey, record } = await generateKey({ algorithm });
  // A domain or a selector that is none is named before anything is written.
  await dkimSigner({ domain, selector, key: privateKey }).abort();
  await writeFile(file, privateKey, { flag: 'wx', mode: 0o600 });
  return `The key is in ${file}; the user who runs the server must be able to read it.

For the zone of ${domain}:
${selector}._domainkey.${domain}. IN TXT ${txtData(record)}

For the configuration:
[dkim]
domain = "${domain}"
selector = "${selector}"
private_key = "${file}"
`;
}
