import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes, memoryWires } from '@postino/wire';

test('memory wire: what one writes the other reads, in order, then the end', async () => {
  const [one, other] = memoryWires();
  await one.write(latin1Bytes('a'));
  await one.write(latin1Bytes('b'));
  assert.equal(other.buffered(), 2);
  await one.close();
  assert.equal(latin1((await other.read(0)) as Uint8Array), 'a');
  assert.equal(latin1((await other.read(0)) as Uint8Array), 'b');
  assert.equal(await other.read(0), null);
});

test('memory wire: a waiting read gets what comes, a timeout, or word that it was cancelled', async () => {
  const [one, other] = memoryWires();
  const read = other.read(0);
  await one.write(latin1Bytes('x'));
  assert.equal(latin1((await read) as Uint8Array), 'x');
  const late = other.read(0);
  other.expire();
  assert.equal(await late, 'timeout');
  const cancel = new AbortController();
  const given = other.read(0, cancel.signal);
  cancel.abort();
  assert.equal(await given, 'cancelled');
  await one.write(latin1Bytes('y'));
  assert.equal(latin1((await other.read(0)) as Uint8Array), 'y');
});

test('memory wire: destroy breaks both ends', async () => {
  const [one, other] = memoryWires();
  const read = other.read(0);
  one.destroy();
  await assert.rejects(read, /broken/);
  await assert.rejects(other.write(latin1Bytes('x')), /broken/);
});

test('memory wire: startTls drops what came before it', async () => {
  const [one, other] = memoryWires();
  await one.write(latin1Bytes('EHLO injected\r\n'));
  await other.startTls();
  assert.equal(other.buffered(), 0);
  assert.ok(other.tls);
});
