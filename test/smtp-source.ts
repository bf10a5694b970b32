/** Postfix's `smtp-source`: a client that sends messages of its own making. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const postfix = join(import.meta.dirname, '../.peers/postfix/usr');
export const SMTP_SOURCE: string = join(postfix, 'sbin/smtp-source');

/** Sends as the flags say; rejects where one message is not taken. */
export function sendWithSource(port: number, to: string, ...flags: string[]): Promise<void> {
  const parameters = [...flags, '-f', 'ann@example.net', '-t', to, `127.0.0.1:${port}`];
  const options = { timeout: 120_000, env: { LD_LIBRARY_PATH: join(postfix, 'lib/postfix') } };
  return new Promise((resolve, reject) => {
    execFile(SMTP_SOURCE, parameters, options, (error, out, complaints) => {
      if (error) reject(new Error(`smtp-source: ${out}${complaints}`, { cause: error }));
      else resolve();
    });
  });
}
