/** The examples for Bun, Deno and Workers, each run by its runtime, with nodemailer or our own server at the other end. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { createSmtpServer, selfSigned } from '@postino/node';
import { plainServer } from '@postino/sasl';
import { createTransport } from 'nodemailer';
import { listening } from '../listening-program.ts';
import { programTest } from '../program-test.ts';
import { TOOLS } from '../tools.ts';

const examples = join(import.meta.dirname, '../../examples');
const LETTER = { from: 'ann@example.net', to: 'ale@example.org', subject: 'ciao', text: 'Hello.' };

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postino-example-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a program that says its port in its first line; gives the port, and the lines that follow. */
async function started(
  context: TestContext,
  [program, ...parameters]: readonly [string, ...string[]],
): Promise<{ port: number; line: () => Promise<string> }> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  return { port: Number(/^listening on port (\d+)$/.exec(await line())![1]), line };
}

programTest('bun', { name: 'runs bun-server', at: TOOLS.bun }, async (context) => {
  const folder = temporaryFolder(context);
  const script = join(examples, 'bun-server/server.ts');
  const run = ['--conditions=@postino/source', script, folder] as const;
  const { port, line } = await started(context, [TOOLS.bun, ...run]);
  const tls = { rejectUnauthorized: false };
  const client = createTransport({ host: '127.0.0.1', port, requireTLS: true, tls });
  await client.sendMail(LETTER);
  assert.match(await line(), /^\d+ octets for <ale@example\.org>$/);
  const [file] = readdirSync(folder);
  assert.match(readFileSync(join(folder, file!), 'utf8'), /\r\n\r\nHello\.\r\n$/);
});

programTest('deno', { name: 'runs deno-server', at: TOOLS.deno }, async (context) => {
  const script = join(examples, 'deno-server/server.ts');
  const flags = ['--allow-net', '--no-remote', '--no-check', '--conditions=@postino/source'];
  const { port, line } = await started(context, [TOOLS.deno, 'run', ...flags, script]);
  const client = createTransport({ host: '127.0.0.1', port });
  await client.sendMail(LETTER);
  const { to, text } = JSON.parse(await line()) as { to: string[]; text: string };
  assert.deepEqual(to, ['<ale@example.org>']);
  assert.match(text, /\r\n\r\nHello\.\r\n$/);
});

programTest(
  'workerd',
  { name: 'runs workers-client, and sends to our server', at: TOOLS.workerd },
  async (context) => {
    const folder = temporaryFolder(context);
    const tls = selfSigned(['localhost']);
    const smtp = await mailServer(context, tls);
    buildWorker(folder, tls.certificate);
    const http = await listening(context, (port) =>
      spawn(
        TOOLS.workerd,
        ['serve', join(folder, 'worker.capnp'), '-s', `http=127.0.0.1:${port}`],
        {
          env: {
            SMTP_HOST: 'localhost',
            SMTP_PORT: String(smtp.port),
            SMTP_USER: 'ann',
            SMTP_PASSWORD: 'secret',
          },
          stdio: 'inherit',
        },
      ),
    );

    const post = (letter: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${http}/`, { method: 'POST', body: JSON.stringify(letter) });
    const answer = await post({ ...LETTER, text: 'One\n.Two ü' });
    assert.deepEqual(
      [answer.status, await answer.json()],
      [200, { code: 250, status: '2.0.0', text: 'kept' }],
    );
    assert.match(smtp.mail[0]!, /^From: ann@example\.net\r\nTo: ale@example\.org\r\n/);
    assert.ok(smtp.mail[0]!.endsWith('\r\n\r\nOne\r\n.Two ü\r\n'));
    assert.equal((await post({ ...LETTER, to: 'nobody' })).status, 400);
    assert.equal((await post({ ...LETTER, to: 'bob@example.org' })).status, 502);
  },
);

/** Takes mail of ann's for ale, under TLS. */
async function mailServer(
  context: TestContext,
  tls: ReturnType<typeof selfSigned>,
): Promise<{ port: number; mail: string[] }> {
  const mail: string[] = [];
  const plain = plainServer({
    verify: (user, password) => `${user}:${Buffer.from(password).toString()}` === 'ann:secret',
  });
  const server = createSmtpServer({ hostname: 'mx.test', tls, mechanisms: ['PLAIN'] }, () => {
    const pieces: Buffer[] = [];
    return {
      auth: async (_mechanism, initial) => {
        const step = await plain.start(initial);
        return step.type === 'success' ? { user: step.user } : { code: 535, text: 'no' };
      },
      mail: (_from, _params, { user }) => (user ? undefined : { code: 530, text: 'log in' }),
      rcpt: ({ localPart }) => (localPart === 'ale' ? undefined : { code: 550, text: 'nobody' }),
      content: (bytes) => void pieces.push(Buffer.from(bytes)),
      message: () => {
        mail.push(Buffer.concat(pieces).toString());
        return { code: 250, text: 'kept' };
      },
    };
  });
  context.after(() => server.close());
  return { port: (await server.listen({ port: 0, host: '127.0.0.1' })).port, mail };
}

/** Bundles the example, and has it trust this certificate alone. */
function buildWorker(folder: string, certificate: string): void {
  cpSync(join(examples, 'workers-client/worker.capnp'), join(folder, 'worker.capnp'));
  const config = readFileSync(join(folder, 'worker.capnp'), 'utf8');
  const trusting = config.replace(
    'trustBrowserCas = true',
    'trustedCertificates = [embed "ca.pem"]',
  );
  assert.notEqual(trusting, config);
  writeFileSync(join(folder, 'worker.capnp'), trusting);
  writeFileSync(join(folder, 'ca.pem'), certificate);
  execFileSync(TOOLS.esbuild, [
    join(examples, 'workers-client/worker.ts'),
    '--bundle',
    '--format=esm',
    '--external:cloudflare:*',
    '--external:node:*',
    '--conditions=@postino/source',
    '--log-level=warning',
    `--outfile=${join(folder, 'dist/worker.js')}`,
  ]);
}
