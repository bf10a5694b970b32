/** Programs of others that sign and send: what the end-to-end tests of checks talk to the server with. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server, Site } from './running-server.ts';

/** Runs a program to its end; gives all that it said, whether it failed or not. */
export function run(program: string, parameters: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, parameters, { timeout: 60_000 }, (_error, out, complaints) =>
      resolve(out + complaints),
    );
    child.stdin!.end(input);
  });
}

export interface Signing {
  readonly domain: string;
  /** In PEM; its selector is `sel`. */
  readonly key: string;
}

/** A message in front of which a program of others has put its signature. Lines end in LF. */
export function signed(message: string, { domain, key }: Signing): Promise<string> {
  const python = `
import sys, dkim
message = sys.stdin.buffer.read()
selector, domain, key = [word.encode() for word in sys.argv[1:4]]
field = dkim.sign(message, selector, domain, key, canonicalize=(b'relaxed', b'relaxed'))
sys.stdout.buffer.write(field.replace(b'\\r\\n', b'\\n') + message.replace(b'\\r\\n', b'\\n'))`;
  const parameters = ['-c', python, 'sel', domain, key];
  return run('/usr/bin/python3', parameters, message.replaceAll('\n', '\r\n'));
}

export interface Letter {
  readonly ip: string;
  readonly from: string;
  readonly to?: string;
  /** Lines end in LF. */
  readonly message: string;
}

export type Send = (letter: Letter, server: Server, site: Site) => Promise<string>;

export function swaks(
  { ip, from, to = 'ale@poul.org', message }: Letter,
  { ports }: Server,
  site: Site,
  login: readonly string[] = [],
): Promise<string> {
  const file = join(site.folder, 'letter.eml');
  writeFileSync(file, message);
  const server = ['--server', `127.0.0.1:${ports.smtp}`, '--local-interface', ip];
  const letter = ['--ehlo', 'client.example', '--from', from, '--to', to, '--data', `@${file}`];
  return run('swaks', [...server, ...letter, ...login]);
}

export const curl: Send = ({ ip, from, to = 'ale@poul.org', message }, { ports }, site) => {
  const file = join(site.folder, 'letter.eml');
  writeFileSync(file, message.replaceAll('\n', '\r\n'));
  const url = `smtp://127.0.0.1:${ports.smtp}/client.example`;
  const letter = ['--mail-from', from, '--mail-rcpt', to, '--upload-file', file];
  return run('curl', ['--silent', '--show-error', '--verbose', '--interface', ip, url, ...letter]);
};

export const msmtp: Send = ({ ip, from, to = 'ale@poul.org', message }, { ports }) => {
  const server = ['--host=127.0.0.1', `--port=${ports.smtp}`, `--source-ip=${ip}`];
  const letter = ['--domain=client.example', `--from=${from}`, to];
  return run('msmtp', ['--tls=off', '--auth=off', ...server, ...letter], message);
};
