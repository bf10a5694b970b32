/** Exim as a client: it takes a message from the command line and sends it to one host by its SMTP transport. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Where to, and what. */
export interface EximLetter {
  readonly port: number;
  readonly from: string;
  readonly to: readonly string[];
  /** Lines end in LF; the last one needs no end. */
  readonly message: string;
  /** Whether it may use BDAT. */
  readonly chunking: boolean;
}

/** Sends it, and gives what Exim logged of it: `=>` for each recipient, `K` among its flags for chunks. */
export async function sendWithExim(context: TestContext, letter: EximLetter): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'exim-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  if (process.getuid?.() === 0) execFileSync('chown', ['Debian-exim', folder]);
  const config = join(folder, 'exim.conf');
  writeFileSync(config, configuration(folder, letter));
  await new Promise<void>((resolve, reject) => {
    const parameters = ['-C', config, '-odf', '-oi', '-f', letter.from, ...letter.to];
    const child = execFile('exim4', parameters, { timeout: 60_000 }, (error, out, complaints) => {
      if (error) reject(new Error(`exim4: ${out}\n${complaints}`, { cause: error }));
      else resolve();
    });
    child.stdin!.end(letter.message);
  });
  return readFileSync(join(folder, 'mainlog'), 'latin1');
}

function configuration(folder: string, { port, chunking }: EximLetter): string {
  return `
primary_hostname = client.example
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
keep_environment =
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = smtp
begin transports
smtp:
  driver = smtp
  port = ${port}
  hosts_try_chunking = ${chunking ? '*' : ''}
  tls_verify_certificates =
`;
}
