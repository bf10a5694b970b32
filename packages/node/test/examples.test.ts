import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dial } from '@postino/node';
import { readToEnd } from './pairs.ts';

const here = (path: string): URL => new URL(path, import.meta.url);

test('the examples of the README are the files beside this one', async () => {
  const readme = await readFile(here('../README.md'), 'utf8');
  const example = await readFile(here('./examples/smtp.ts'), 'utf8');
  const shown = example.replaceAll(/^export /gm, '').replace('port: 0', 'port: 2525');
  assert.ok(readme.includes(`\`\`\`ts\n${shown}\`\`\``));
});

test('the example receives mail', async (t) => {
  const log = t.mock.method(console, 'log', () => {});
  const { server, port } = await import('./examples/smtp.ts');
  const wire = await dial({ address: '127.0.0.1', port });
  await wire.read(0);
  await wire.write(
    Buffer.from(
      'EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<ale@example.org>\r\nDATA\r\n',
    ),
  );
  await wire.read(0);
  await wire.write(Buffer.from('Hello.\r\n.\r\nQUIT\r\n'));
  assert.match((await readToEnd(wire)).toString(), /^250 .*\r\n221 /m);
  await wire.close();
  assert.deepEqual(log.mock.calls[0]?.arguments, ['8 octets from 127.0.0.1:\nHello.\r\n']);
  await server.close();
});
