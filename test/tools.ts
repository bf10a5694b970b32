/** Programs of `.ci/tools`, which `.ci/run` installs: other runtimes, a bundler. The programs themselves, for Linux on x64. */
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../.ci/tools/node_modules');

export const TOOLS = {
  bun: join(modules, '@oven/bun-linux-x64/bin/bun'),
  deno: join(modules, '@deno/linux-x64-glibc/deno'),
  esbuild: join(modules, '@esbuild/linux-x64/bin/esbuild'),
  workerd: join(modules, '@cloudflare/workerd-linux-64/bin/workerd'),
} as const;
