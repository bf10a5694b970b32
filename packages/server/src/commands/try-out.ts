/** A complete server without any preparation, for this machine only: to see mail go in and come out. */
import { createHash } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { selfSigned } from '@postino/node';
import type { Config } from '../config/config.ts';
import { checkConfig } from '../config/load-config.ts';
import type { Addresses } from '../listeners.ts';
import { startServer, type RunningServer } from '../server.ts';

interface TryOutUser {
  readonly name: string;
  readonly password: string;
}

/** For trying out, and reachable from this machine only. */
const ALE: TryOutUser = { name: 'ale', password: 'francobollo' };
const BINO: TryOutUser = { name: 'bino', password: 'cartolina' };
const HOST = '127.0.0.1';
/** The ports that are asked for; where one is taken the system chooses another. */
const PORTS = { smtp: 2525, smtps: 4650, pop3: 1100, pop3s: 9950 };

/** Starts the server in `var/` of this folder, and prints the lines to paste. Rejects when it cannot start. */
export async function startTryOut(folder: string = process.cwd()): Promise<RunningServer> {
  const home = resolve(folder, 'var');
  await prepare(home);
  const server = await startServer(await configFor(home));
  process.stdout.write(instructions(server.addresses, relative(process.cwd(), home)));
  return server;
}

/** Makes what is missing; what is there stays, changed or not. */
async function prepare(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  const users = [ALE, BINO].map(({ name, password }) => `${name}:${md5(password)}::\n`);
  await makeFile(join(home, 'passwd'), users.join(''));
  await makeFile(join(home, 'aliases'), 'info: ale, bino\n');
  const { certificate, key } = selfSigned(['localhost', HOST]);
  await writeFile(join(home, 'certificate.pem'), certificate);
  await writeFile(join(home, 'key.pem'), key, { mode: 0o600 });
}

function md5(password: string): string {
  return createHash('md5').update(password).digest('hex');
}

async function makeFile(path: string, text: string): Promise<void> {
  await access(path).catch(() => writeFile(path, text, { mode: 0o600 }));
}

async function configFor(home: string): Promise<Config> {
  return checkConfig(
    {
      hostname: 'localhost',
      data_dir: 'data',
      smtp: { listen: await freeAddress(PORTS.smtp), tls_listen: await freeAddress(PORTS.smtps) },
      pop3: {
        listen: await freeAddress(PORTS.pop3),
        tls_listen: await freeAddress(PORTS.pop3s),
        allow_plaintext_auth: true,
      },
      tls: { certificate: 'certificate.pem', key: 'key.pem' },
      users: { passwd: 'passwd' },
      aliases: { file: 'aliases' },
      maildir: { path: 'mail/{user}' },
      // Nobody who only tries it out should send mail to strangers: what is for other places comes back.
      outbound: { ignore_target_hosts: ['0.0.0.0/0', '::/0'] },
    },
    { folder: home },
  );
}

async function freeAddress(port: number): Promise<[string]> {
  return [`${HOST}:${await freePort(port)}`];
}

/** The port, or 0 where somebody has it. */
function freePort(port: number): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(0));
    probe.listen(port, HOST, () => probe.close(() => done(port)));
  });
}

function login({ name, password }: TryOutUser): string {
  return `-u ${name}:${password}`;
}

function instructions(addresses: Addresses, home: string): string {
  const at = (service: keyof Addresses): string => `${HOST}:${addresses[service][0]!.port}`;
  const trust = `--cacert ${join(home, 'certificate.pem')}`;
  const [from, to] = [`${BINO.name}@localhost`, `${ALE.name}@localhost`];
  const message = `From: ${from}\\r\\nTo: ${to}\\r\\nSubject: Ciao\\r\\n\\r\\nCiao!\\r\\n`;
  const send = `printf '${message}' | curl -sS -T - --mail-from ${from} --mail-rcpt ${to}`;
  const swaksLogin = `--auth PLAIN --auth-user ${BINO.name} --auth-password ${BINO.password}`;
  return `
Postino is running. Its users are ${ALE.name} (password ${ALE.password}) and ${BINO.name} (password ${BINO.password}).
All it keeps is in ${home}/, and no mail leaves this machine. Ctrl-C ends it. Paste these lines in this folder.

Send a message, plainly, with STARTTLS, and over TLS with a login:
  ${send} smtp://${at('smtp')}/localhost
  ${send} --ssl-reqd ${trust} smtp://${at('smtp')}/localhost
  ${send} ${trust} ${login(BINO)} smtps://${at('smtps')}/localhost
  swaks --server ${at('smtp')} -tls ${swaksLogin} --from ${from} --to ${ALE.name}+test@localhost

List the mailbox, and read its first message, by POP3 and over TLS:
  curl -sS ${login(ALE)} pop3://${at('pop3')}/
  curl -sS ${login(ALE)} pop3://${at('pop3')}/1
  curl -sS ${trust} ${login(ALE)} pop3s://${at('pop3s')}/1
`;
}
