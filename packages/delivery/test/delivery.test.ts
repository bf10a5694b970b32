/** What a `Delivery` keeps between messages, and how one is cut off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SmtpApp } from '@postino/smtp-wire';
import { CancelSource, type MemoryWire } from '@postino/wire';
import { deliver, Delivery, HOST_PENALTY, IDLE_TIME, type TlsPolicy } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, type Host } from './world.ts';

const ONE = { 'd.example': { A: ['192.0.2.1'] } };
const X = envelopeOf('x@d.example');

test('a connection serves the next message to the same host, until it has waited long enough', async () => {
  let now = 0;
  const world = new World({ '192.0.2.1': {} });
  const delivery = new Delivery(optionsFor(world, { names: ONE, now: () => now }));
  await delivery.deliver(messageOf(), X);
  await delivery.deliver(messageOf('second\r\n'), X);
  assert.equal(world.dialled.length, 1);
  assert.deepEqual(world.received[1]?.content, 'second\r\n');
  now = IDLE_TIME - 1;
  await delivery.expire();
  assert.equal(world.open, 1);
  await delivery.expire(IDLE_TIME);
  assert.equal(world.open, 0);
  await delivery.deliver(messageOf(), X);
  assert.equal(world.dialled.length, 2);
  await delivery.close();
  assert.equal(world.open, 0);
});

test('no more connections wait than may', async () => {
  const names = { ...ONE, 'e.example': { A: ['192.0.2.2'] } };
  const world = new World({ '192.0.2.1': {}, '192.0.2.2': {} });
  const limits = { idleConnections: 1, concurrency: 1 };
  const delivery = new Delivery(optionsFor(world, { names, limits }));
  await delivery.deliver(messageOf(), envelopeOf('x@d.example', 'y@e.example'));
  assert.equal(world.open, 1);
  await delivery.deliver(messageOf(), envelopeOf('y@e.example'));
  assert.deepEqual(world.addresses, ['192.0.2.1', '192.0.2.2'], 'the last that came was kept');
  await delivery.close();
});

test('a connection is used again only under the rule it was made under', async () => {
  const world = new World({
    '192.0.2.1': { server: { startTls: true }, handshake: () => 'trusted' },
  });
  const rules = ['may', 'require', 'may', 'none'] as const;
  let asked = 0;
  const policy: TlsPolicy = () => ({ tls: rules[asked++]! });
  const delivery = new Delivery(optionsFor(world, { names: ONE, policy }));
  for (const _ of rules) await delivery.deliver(messageOf(), X);
  assert.equal(world.dialled.length, 3);
  assert.deepEqual(
    world.received.map(({ tls }) => tls),
    [true, true, true, false],
  );
  await delivery.close();
});

describe('a host that has left a waiting connection is dialled anew, and not blamed', () => {
  const leave: Record<string, (far: MemoryWire) => void | Promise<void>> = {
    'with a reset': (far) => far.destroy(),
    'with an end': (far) => far.close(),
    'with a 421': async (far) => {
      await far.write(Buffer.from('421 4.4.2 too long\r\n'));
      await far.close();
    },
  };
  for (const [how, go] of Object.entries(leave)) {
    test(how, async () => {
      const fars: MemoryWire[] = [];
      const app: NonNullable<Host['app']> = ({ far }) => {
        fars.push(far);
        return {};
      };
      const world = new World({ '192.0.2.1': { app }, '192.0.2.2': {} });
      const delivery = new Delivery(optionsFor(world));
      await delivery.deliver(messageOf(), X);
      await go(fars[0]!);
      const [result] = await delivery.deliver(messageOf(), X);
      assert.equal(result?.status, 'delivered');
      assert.deepEqual(world.addresses, ['192.0.2.1', '192.0.2.1']);
      await delivery.close();
    });
  }
});

test('a host that failed is tried last for a while, and first again after it', async () => {
  let now = 1_000_000;
  const hosts: Record<string, Host> = { '192.0.2.2': {} };
  const world = new World(hosts);
  const delivery = new Delivery(optionsFor(world, { now: () => now }));
  const dialledFor = async (): Promise<string[]> => {
    const before = world.addresses.length;
    await delivery.deliver(messageOf(), X);
    await delivery.close();
    return world.addresses.slice(before);
  };
  assert.deepEqual(await dialledFor(), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(await dialledFor(), ['192.0.2.2']);
  delete hosts['192.0.2.2'];
  now += HOST_PENALTY - 1;
  assert.deepEqual(await dialledFor(), ['192.0.2.2', '192.0.2.1'], 'last, but not never');
  now += 1;
  hosts['192.0.2.1'] = {};
  assert.deepEqual(await dialledFor(), ['192.0.2.1']);
});

test('a host that breaks off within a message is remembered too', async () => {
  const broken: Host = { app: ({ far }) => ({ mail: () => far.destroy() }) };
  const world = new World({ '192.0.2.1': broken, '192.0.2.2': {} });
  const delivery = new Delivery(optionsFor(world));
  await delivery.deliver(messageOf(), X);
  await delivery.close();
  await delivery.deliver(messageOf(), X);
  await delivery.close();
  assert.deepEqual(world.addresses, ['192.0.2.1', '192.0.2.2', '192.0.2.2']);
});

test('a message that cannot be sent is not the fault of the host', async () => {
  const world = new World({ '192.0.2.1': {}, '192.0.2.2': {} });
  const delivery = new Delivery(optionsFor(world));
  const [result] = await delivery.deliver(messageOf('a bare CR at the end\r'), X);
  assert.equal(result?.status, 'failed');
  assert.equal(result?.unknown, undefined);
  await delivery.deliver(messageOf(), X);
  await delivery.close();
  assert.deepEqual(world.addresses, ['192.0.2.1', '192.0.2.1']);
});

describe('cancelled', () => {
  for (const at of ['connect', 'hello', 'mail', 'rcpt', 'data', 'message'] as const) {
    test(`at ${at}: deferred at once, no other host is asked, and none is blamed`, async () => {
      const cancel = new CancelSource();
      const silent = async (): Promise<never> => {
        cancel.fire();
        return new Promise(() => {});
      };
      let healthy = false;
      const app = (): Partial<SmtpApp> => (healthy ? {} : { [at]: silent });
      const world = new World({ '192.0.2.1': { app }, '192.0.2.2': {} });
      const delivery = new Delivery(optionsFor(world));
      const [result] = await delivery.deliver(messageOf(), X, { cancel });
      assert.equal(result?.status, 'deferred');
      assert.equal(result?.unknown, at === 'message' ? true : undefined);
      assert.equal(world.open, 0);
      healthy = true;
      const [again] = await delivery.deliver(messageOf(), X);
      assert.equal(again?.address, '192.0.2.1');
      assert.equal(world.addresses.length, 2);
      await delivery.close();
    });
  }

  test('before it began, nobody is dialled', async () => {
    const cancel = new CancelSource();
    cancel.fire();
    const world = new World({ '192.0.2.1': {} });
    const [result] = await deliver(messageOf(), X, { ...optionsFor(world), cancel });
    assert.equal(result?.status, 'deferred');
    assert.equal(result?.phase, 'own');
    assert.deepEqual(world.dialled, []);
  });

  test('a connection that serves another message by now is left alone', async () => {
    const cancel = new CancelSource();
    let messages = 0;
    const app = (): Partial<SmtpApp> => ({
      data: () => {
        if (++messages === 2) cancel.fire();
      },
    });
    const world = new World({ '192.0.2.1': { app } });
    const delivery = new Delivery(optionsFor(world, { names: ONE }));
    await delivery.deliver(messageOf(), X, { cancel });
    const [second] = await delivery.deliver(messageOf(), X);
    assert.equal(second?.status, 'delivered');
    assert.equal(world.dialled.length, 1);
    await delivery.close();
  });

  test('in the middle of a handshake, it is not tried in the clear', async () => {
    const cancel = new CancelSource();
    const handshake = (): 'broken' => {
      cancel.fire();
      return 'broken';
    };
    const world = new World({ '192.0.2.1': { server: { startTls: true }, handshake } });
    const options = { ...optionsFor(world, { names: ONE }), cancel };
    const [result] = await deliver(messageOf(), X, options);
    assert.equal(result?.status, 'deferred');
    assert.equal(world.dialled.length, 1);
  });

  test('on a connection that served another message, it is not tried on a new one', async () => {
    const cancel = new CancelSource();
    let messages = 0;
    const app = (): Partial<SmtpApp> => ({
      mail: () => {
        if (++messages === 2) cancel.fire();
      },
    });
    const world = new World({ '192.0.2.1': { app } });
    const delivery = new Delivery(optionsFor(world, { names: ONE }));
    await delivery.deliver(messageOf(), X);
    const [second] = await delivery.deliver(messageOf(), X, { cancel });
    assert.equal(second?.status, 'deferred');
    assert.equal(world.dialled.length, 1);
    await delivery.close();
  });
});
