/** The DKIM key of the configuration: opened and checked at the start, so that nothing leaves unsigned by mistake. */
import { readFile } from 'node:fs/promises';
import type { Signer } from '@postino/delivery';
import { dkimSigner, sign, signingKey, type DkimSignerOptions } from '@postino/dkim';
import type { DkimConfig } from './config/config.ts';
import { concerning } from './fault.ts';

/** Gives what signs, or null where the configuration says nothing of it. Rejects with an error that names the key of it. */
export async function openSigner(config: DkimConfig): Promise<Signer | null> {
  const { domain, selector, private_key: file, canonicalization } = config;
  if (domain === null || file === null) return null;
  const key = await concerning('dkim.private_key', readFile(file, 'utf8').then(signingKey));
  const options: DkimSignerOptions = { domain, selector, key, canonicalization };
  await concerning('dkim', check(options));
  return (content) => sign(content, options);
}

async function check(options: DkimSignerOptions): Promise<void> {
  await dkimSigner(options).abort();
}
