/** What the packages export: `spf` and `address/grammar`, each with the file that it begins in. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

export const entries = readdirSync(packages).flatMap((name) => {
  const { exports = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, to]) =>
    typeof to === 'object'
      ? [{ name: join(name, path), file: join(packages, name, to['@postino/source']) }]
      : [],
  );
});
