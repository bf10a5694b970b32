/** HAProxy in front of a server, on a port of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { listening } from './listening-program.ts';

/** Passes connections on to a port of the loopback until the test ends; `send` is its word for a header. */
export async function startHaproxy(
  context: TestContext,
  to: number,
  send: string,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'haproxy.cfg');
  return listening(context, (port) => {
    writeFileSync(
      config,
      `
global
  maxconn 20
defaults
  mode tcp
  timeout connect 30s
  timeout client 60s
  timeout server 60s
listen front
  bind 127.0.0.1:${port}
  server back 127.0.0.1:${to} ${send}
`,
    );
    return spawn('haproxy', ['-db', '-q', '-f', config], { stdio: 'ignore' });
  });
}
