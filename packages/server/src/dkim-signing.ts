/** The DKIM key of the configuration: opened and checked at the start, so that nothing leaves unsigned by mistake. */
import { readFile } from 'node:fs/promises';
import { dkimSigner, sign, signingKey, type DkimSignerOptions } from '@postino/dkim';
import { arcSealer } from '@postino/dkim/arc';
import { sealForwarded } from './arc-sealing.ts';
import type { Config } from './config/config.ts';
import { concerning } from './fault.ts';

/** Gives what goes above a message that leaves, which may be read more than once. */
export type OutgoingSigner = (read: () => AsyncIterable<Uint8Array>) => Promise<string>;

/** Gives what signs, or null where the configuration says nothing of it. Rejects with an error that names the key of it. */
export async function openSigner({
  dkim: config,
  hostname: authservId,
}: Pick<Config, 'dkim' | 'hostname'>): Promise<OutgoingSigner | null> {
  const { domain, selector, private_key: file, canonicalization, seal } = config;
  if (domain === null || file === null) return null;
  const key = await concerning('dkim.private_key', readFile(file, 'utf8').then(signingKey));
  const options: DkimSignerOptions = { domain, selector, key, canonicalization };
  const sealing = { ...options, authservId };
  await concerning('dkim', check(options));
  if (!seal) return (read) => sign(read(), options);
  await concerning('dkim.seal', arcSealer(sealing).abort());
  // RFC 8617 §5.1 step 1: all signatures are there before a message is sealed.
  return async (read) => {
    const signature = await sign(read(), options);
    return (await sealForwarded(read, { ...sealing, signature })) + signature;
  };
}

async function check(options: DkimSignerOptions): Promise<void> {
  await dkimSigner(options).abort();
}
