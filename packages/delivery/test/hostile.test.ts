import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Envelope } from '@postino/address';
import type { Zone } from '@postino/dns';
import { deliver, MAX_TRIES } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, ZONE } from './world.ts';

describe('hostile 50: nothing that holds CR, LF or NUL is written, and no recipient is half served', () => {
  const good = { localPart: 'x', domain: 'd.example' };
  const bad = [
    { localPart: 'a@b>\r\nRCPT TO:<x', domain: 'y' },
    { localPart: 'x', domain: 'd.example>\r\nDATA\r\n' },
    { localPart: 'a\0b', domain: 'd.example' },
    { localPart: 'a\nb', domain: 'd.example' },
  ];
  for (const address of bad) {
    test(JSON.stringify(address), async () => {
      const envelopes: Envelope[] = [
        { from: address, to: [{ address: good }] },
        { from: good, to: [{ address: good }, { address }] },
      ];
      for (const envelope of envelopes) {
        const world = new World({ '192.0.2.1': {} });
        await assert.rejects(deliver(messageOf(), envelope, optionsFor(world)), TypeError);
        assert.deepEqual(world.dialled, []);
      }
    });
  }

  const envelope = envelopeOf('x@d.example');
  const parameters: Partial<Envelope>[] = [
    { envid: 'a\r\nRSET' },
    { ret: 'FULL\r\nRSET' as 'FULL' },
    { to: [{ ...envelope.to[0]!, orcpt: 'rfc822;x\r\nRSET' }] },
    { to: [{ ...envelope.to[0]!, notify: ['NEVER\r\nRSET' as 'NEVER'] }] },
  ];
  for (const wrong of parameters) {
    test(JSON.stringify(wrong), async () => {
      const world = new World({ '192.0.2.1': {} });
      const sent = deliver(messageOf(), { ...envelope, ...wrong }, optionsFor(world));
      await assert.rejects(sent, TypeError);
      assert.deepEqual(world.dialled, []);
    });
  }
});

test('hostile 56: of several recipients only those that failed are reported so, and a retry doubles nothing', async () => {
  const names = { ...ZONE, 'e.example': { A: ['192.0.2.9'] } };
  const world = new World({ '192.0.2.1': {} });
  const envelope = envelopeOf('x@d.example', 'y@e.example');
  const first = await deliver(messageOf(), envelope, optionsFor(world, { names }));
  assert.deepEqual(
    first.map(({ recipient, status }) => [recipient, status]),
    [
      [0, 'delivered'],
      [1, 'deferred'],
    ],
  );
  const to = first
    .filter(({ status }) => status === 'deferred')
    .map(({ recipient }) => envelope.to[recipient]!);
  await deliver(messageOf(), { ...envelope, to }, optionsFor(world, { names }));
  assert.deepEqual(
    world.received.map((received) => received.to),
    [['<x@d.example>']],
  );
});

describe('hostile 58: what MX answers lead to', () => {
  const MANY = Array.from({ length: 1000 }, (_, n) => n);
  const rows: readonly (readonly [string, Zone, string, string | undefined, number])[] = [
    ['null MX', { 'd.example': { MX: [[0, '.']] } }, 'failed', '5.1.10', 0],
    ['no such domain', {}, 'failed', '5.1.2', 0],
    ['SERVFAIL', { 'd.example': { fail: 'ESERVFAIL' } }, 'deferred', '4.4.3', 0],
    ['a timeout', { 'd.example': { fail: 'ETIMEOUT' } }, 'deferred', '4.4.3', 0],
    [
      'MX to us',
      { 'd.example': { MX: [[1, 'us.example']] }, 'us.example': { A: ['192.0.2.1'] } },
      'failed',
      '5.4.4',
      0,
    ],
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0'].map(
      (address) => [address, { 'd.example': { A: [address] } }, 'failed', '5.4.4', 0] as const,
    ),
    ...['::1', '::', '::ffff:127.0.0.1'].map(
      (address) => [address, { 'd.example': { AAAA: [address] } }, 'failed', '5.4.4', 0] as const,
    ),
    ['a loop of aliases', { 'd.example': { CNAME: 'd.example' } }, 'deferred', '4.4.3', 0],
    [
      'a target that is missing',
      { 'd.example': { MX: [[1, 'gone.example']] } },
      'failed',
      '5.4.4',
      0,
    ],
    [
      'a thousand MX records',
      {
        'd.example': { MX: MANY.map((n) => [n, `mx${n}.example`] as const) },
        ...Object.fromEntries(
          MANY.map((n) => [`mx${n}.example`, { A: [`198.51.${n >> 8}.${n & 255}`] }]),
        ),
      },
      'deferred',
      '4.4.1',
      MAX_TRIES,
    ],
  ];
  for (const [title, names, status, code, dialled] of rows) {
    test(title, async () => {
      const world = new World({ '127.0.0.1': {}, '::1': {} });
      const [result] = await deliver(
        messageOf(),
        envelopeOf('x@d.example'),
        optionsFor(world, { names }),
      );
      assert.equal(result?.status, status);
      assert.equal(result?.reply.status, code);
      assert.equal(world.dialled.length, dialled);
    });
  }

  test('the loopback as a literal is not dialled either, unless the caller says so', async () => {
    const world = new World({ '127.0.0.1': {} });
    const envelope = envelopeOf('x@[127.0.0.1]');
    const [refused] = await deliver(messageOf(), envelope, optionsFor(world));
    assert.equal(refused?.status, 'failed');
    assert.deepEqual(world.dialled, []);
    const told = optionsFor(world, { ignoreTargetHosts: [] });
    const [delivered] = await deliver(messageOf(), envelope, told);
    assert.equal(delivered?.status, 'delivered');
  });

  test('the private networks are left out where the caller asks', async () => {
    const world = new World({ '10.0.0.1': {}, '192.0.2.1': {} });
    const names = { 'd.example': { A: ['10.0.0.1', '192.0.2.1'] } };
    const options = optionsFor(world, { names, ignoreTargetHosts: ['10.0.0.0/8'] });
    await deliver(messageOf(), envelopeOf('x@d.example'), options);
    assert.deepEqual(world.addresses, ['192.0.2.1']);
  });
});
