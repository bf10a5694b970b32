/** `kill -9` while mail goes out: what was answered 250 arrives, twice only where the other side's 250 crossed the kill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSmtpServer } from '@postino/node';
import { Site } from './running-server.ts';
import { BODY, killUnderLoad, type Sent } from './sending-load.ts';

/** How often the server is killed; POSTINO_KILLS asks for more. */
const KILLS = Number(process.env['POSTINO_KILLS'] ?? 4);
const CONNECTIONS = 4;
/** Deliveries to one host at a time: so many answers can cross a kill. */
const AT_A_TIME = 5;

/** A host that takes all mail, and counts what came by its subject. */
async function openHost(): Promise<{
  port: number;
  came: Map<string, number>;
  close(): Promise<void>;
}> {
  const came = new Map<string, number>();
  const server = createSmtpServer({ hostname: 'abroad.example' }, () => {
    let text = '';
    return {
      rcpt: () => undefined,
      mail: () => void (text = ''),
      content: (bytes) => void (text += Buffer.from(bytes).toString('latin1')),
      message() {
        const [, id = ''] = /^Subject: (.*)\r$/m.exec(text) ?? [];
        assert.ok(text.endsWith(`\r\n\r\n${BODY}`), 'a message is not whole');
        came.set(id, (came.get(id) ?? 0) + 1);
      },
    };
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { port, came, close: () => server.close() };
}

test(`${KILLS} times kill -9 while mail goes out: nothing is lost, and little comes twice`, async () => {
  const host = await openHost();
  const site = new Site(`
[outbound]
smarthost = "127.0.0.1:${host.port}"
[queue]
attempts_per_destination = ${AT_A_TIME}
`);
  try {
    const promises = await killUnderLoad(site, {
      kills: KILLS,
      connections: CONNECTIONS,
      to: ['away@poul.org'],
    });
    const last = await site.start();
    const missing = (): Sent[] => promises.filter(({ id }) => !host.came.has(id));
    for (let tries = 0; missing().length > 0 && tries < 6000; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(missing(), []);
    assert.equal(await last.stop(), 0);
    const here = site.mailbox('ale').map((text) => /^Subject: (.*)$/m.exec(text)![1]!);
    assert.equal(new Set(here).size, here.length, 'a message lies twice in the mailbox');
    for (const { id } of promises) assert.ok(here.includes(id), `${id} is not in the mailbox`);
    const twice = [...host.came.values()].filter((times) => times > 1).length;
    assert.ok(twice <= KILLS * AT_A_TIME, `${twice} messages came twice`);
  } finally {
    await host.close();
    site.remove();
  }
});
