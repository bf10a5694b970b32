/** What every `Wire` promises, asked of the pair in memory and of sockets, plain and under TLS. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryWires, type Wire } from '@postino/wire';
import { eventually, nodeWires, readOctets, readToEnd, tlsWires } from './pairs.ts';

type Pair = () => Promise<[Wire, Wire]> | [Wire, Wire];

const PAIRS: Record<string, Pair> = {
  'memory wires': memoryWires,
  'node wires': () => nodeWires(),
  'node wires under TLS': () => tlsWires(),
};

const text = (bytes: Uint8Array | null | string): string => Buffer.from(bytes ?? '').toString();

for (const [name, pair] of Object.entries(PAIRS)) describe(name, () => wireContract(pair));

function wireContract(pair: Pair): void {
  /** A test on a new pair that is let go of afterwards. */
  const onPair = (title: string, body: (one: Wire, other: Wire) => Promise<void>): void => {
    test(title, async () => {
      const [one, other] = await pair();
      await body(one, other).finally(() => {
        one.destroy();
        other.destroy();
      });
    });
  };

  onPair('bytes written come out at the other end, in order', async (one, other) => {
    await one.write(Buffer.from('EHLO '));
    await one.write(Buffer.from('a.example\r\n'));
    assert.equal(text(await readOctets(other, 16)), 'EHLO a.example\r\n');
  });

  onPair('a read that waits is answered by what comes', async (one, other) => {
    const read = other.read(0);
    await one.write(Buffer.from('x'));
    assert.equal(text(await read), 'x');
  });

  onPair('bytes wait to be read, and buffered() counts them', async (one, other) => {
    assert.equal(other.buffered(), 0);
    await one.write(Buffer.from('abc'));
    await eventually(() => other.buffered() === 3);
    assert.equal(text(await other.read(0)), 'abc');
    assert.equal(other.buffered(), 0);
  });

  onPair('a second read while one waits is refused, and the first goes on', async (one, other) => {
    const read = other.read(0);
    await assert.rejects(other.read(0));
    await one.write(Buffer.from('x'));
    assert.equal(text(await read), 'x');
  });

  onPair('a cancelled read loses no byte', async (one, other) => {
    const cancel = new AbortController();
    const read = other.read(0, cancel.signal);
    cancel.abort();
    assert.equal(await read, 'cancelled');
    assert.equal(await other.read(0, cancel.signal), 'cancelled');
    await one.write(Buffer.from('late'));
    assert.equal(text(await other.read(0)), 'late');
  });

  onPair('a cancel that fires later does not touch a read made without it', async (one, other) => {
    const cancel = new AbortController();
    const first = other.read(0, cancel.signal);
    await one.write(Buffer.from('1'));
    assert.equal(text(await first), '1');
    const second = other.read(0);
    cancel.abort();
    await one.write(Buffer.from('2'));
    assert.equal(text(await second), '2');
  });

  onPair(
    'close() is null at the other end, after all that was written, time and again',
    async (one, other) => {
      await one.write(Buffer.from('221 bye\r\n'));
      const closing = one.close();
      assert.equal(text(await readToEnd(other)), '221 bye\r\n');
      assert.equal(await other.read(0), null);
      await other.close();
      await closing;
    },
  );

  onPair('the end does not close our side: we still answer', async (one, other) => {
    const closing = one.close();
    assert.equal(await other.read(0), null);
    await other.write(Buffer.from('250 too late\r\n'));
    await other.close();
    await closing;
  });

  onPair('destroy() rejects the read that waits, and what follows', async (one) => {
    const read = assert.rejects(one.read(0));
    one.destroy();
    await read;
    await assert.rejects(one.read(0));
    await assert.rejects(one.write(Buffer.from('x')));
  });

  onPair('write() after close() is refused', async (one, other) => {
    const closing = one.close();
    await assert.rejects(one.write(Buffer.from('x')));
    await other.close();
    await closing;
  });

  onPair('each end knows the other', async (one, other) => {
    assert.deepEqual(one.peer, other.local);
    assert.deepEqual(other.peer, one.local);
  });
}

for (const [name, pair] of Object.entries({
  'memory wires': memoryWires,
  'node wires': nodeWires,
})) {
  test(`${name}: startTls() drops what was read before it`, async () => {
    const [server, client] = await pair();
    await client.write(Buffer.from('NOOP\r\n'));
    await eventually(() => server.buffered() === 6);
    const [mine, theirs] = await Promise.all([
      server.startTls(),
      client.startTls({ verify: 'none' }),
    ]);
    assert.equal(server.tls, mine);
    assert.equal(client.tls, theirs);
    assert.equal(server.buffered(), 0);
    await client.write(Buffer.from('EHLO'));
    assert.equal(text(await server.read(0)), 'EHLO');
    server.destroy();
    client.destroy();
  });
}
