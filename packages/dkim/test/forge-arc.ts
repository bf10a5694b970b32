/** ARC sets that no sealer of ours would write: any tags, over any message, by any key, and yet signed. */
import type { KeyObject } from 'node:crypto';

import { splitMessage } from '@postino/message';

import { arcFields, MESSAGE_SIGNATURE, SEAL } from '../src/arc-chain.ts';
import { Body } from '../src/body-hash.ts';
import { FieldIndex } from '../src/canonical-header.ts';
import { formatSignature } from '../src/format-signature.ts';
import { isRefusal } from '../src/result.ts';
import { signOver } from '../src/signer.ts';
import type { Tagging } from './forge.ts';
import { RSA } from './keys.ts';

export interface ArcForging {
  readonly instance?: number;
  /** Tags of the ARC-Message-Signature, of the ARC-Seal, and what follows the name of the results. */
  readonly message?: Tagging;
  readonly seal?: Tagging;
  readonly results?: string;
  readonly key?: KeyObject;
  /** Whether the seal covers the older sets. */
  readonly chained?: boolean;
}

/** The three fields of the next set, right in all but what is told otherwise, seal first. */
export async function forgedFields(message: Buffer, forging: ArcForging = {}): Promise<string[]> {
  const { header, body } = splitMessage(message);
  const { key = RSA, chained = true } = forging;
  const older = arcFields(header, 99);
  if (isRefusal(older)) throw new TypeError(older.reason);
  const { instance = older.seals.length + 1 } = forging;
  const common: Tagging = { i: `${instance}`, a: 'rsa-sha256', d: 'example.org', s: 'rsa' };

  const results = `ARC-Authentication-Results:${forging.results ?? ` i=${instance}; mx${instance}.example.org; spf=pass`}\r\n`;
  const all: Tagging = { ...common, c: 'relaxed/relaxed', h: 'From:Subject' };
  Object.assign(all, forging.message);
  const [how, bodyHow] = (all['c'] ?? 'simple/simple').split('/');
  const hashes = new Body();
  const length = all['l'] == null ? null : Number(all['l']);
  const canonicalization = bodyHow === 'relaxed' ? 'relaxed' : 'simple';
  const bodyHash = hashes.want({ canonicalization, hash: 'sha256', length });
  hashes.write(body);
  hashes.end();
  const names = (all['h'] ?? '').toLowerCase().split(':');
  const signature = await signOver(
    written(MESSAGE_SIGNATURE, { bh: bodyHash.digest().toString('base64'), ...all }),
    new FieldIndex(header.prepend(results)).select(names),
    { key, header: how === 'relaxed' ? 'relaxed' : 'simple' },
  );

  const cv = instance === 1 ? 'none' : 'pass';
  const before = older.seals.map((_, at) =>
    [older.results, older.messages, older.seals].map((some) => some.at(-1 - at)!.field),
  );
  const seal = await signOver(
    written(SEAL, { ...common, cv, ...forging.seal }),
    [...(chained ? before.flat() : []), Buffer.from(results), Buffer.from(signature)],
    { key, header: 'relaxed' },
  );
  return [seal, signature, results];
}

/** The message with that set above it. */
export async function forgeSet(message: Buffer, forging: ArcForging = {}): Promise<Buffer> {
  return Buffer.concat([Buffer.from((await forgedFields(message, forging)).join('')), message]);
}

function written(name: string, tags: Tagging): string {
  const before = Object.entries(tags).flatMap(([tag, value]): [string, string][] =>
    value === null ? [] : [[tag, value]],
  );
  return formatSignature({ name, before, headers: [], after: [] });
}
