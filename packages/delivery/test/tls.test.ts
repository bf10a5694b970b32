import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsOptions } from '@postino/wire';
import { deliver, type TlsPolicy, type TlsQuestion, type TlsRule } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, ZONE, type Host } from './world.ts';

const OFFERED = { server: { startTls: true } };
const ONE = {
  'd.example': { MX: [[1, 'mx.d.example']] as const },
  'mx.d.example': { A: ['192.0.2.1'] },
};

function host(outcome: 'broken' | 'trusted' | 'unknown', asked: TlsOptions[] = []): Host {
  return {
    ...OFFERED,
    handshake: (options) => {
      asked.push(options);
      return outcome;
    },
  };
}

/** What becomes of a message to one host under a rule. */
async function under(rule: TlsRule, far: Host) {
  const world = new World({ '192.0.2.1': far });
  const options = optionsFor(world, { names: ONE, policy: () => rule });
  const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), options);
  assert.ok(result);
  assert.equal(world.open, 0);
  return { result, world, inTls: world.received.map(({ tls }) => tls) };
}

test('TLS is used where it is offered, with the name of the host, and nobody has to be trusted', async () => {
  const asked: TlsOptions[] = [];
  const { result, inTls } = await under({ tls: 'may' }, host('unknown', asked));
  assert.deepEqual(inTls, [true]);
  assert.deepEqual(asked, [{ serverName: 'mx.d.example', verify: 'none' }]);
  assert.equal(result.tls?.protocol, 'TLSv1.3');
});

test('a handshake that failed is tried again in the clear where TLS may be, not where it must', async () => {
  const may = await under({ tls: 'may' }, host('broken'));
  assert.deepEqual(may.inTls, [false]);
  assert.deepEqual(may.world.addresses, ['192.0.2.1', '192.0.2.1']);
  assert.equal(may.result.status, 'delivered');
  assert.equal(may.result.tls, null);

  const must = await under({ tls: 'require' }, host('broken'));
  assert.deepEqual(must.world.addresses, ['192.0.2.1']);
  assert.equal(must.result.status, 'deferred');
  assert.equal(must.result.phase, 'startTls');
  assert.equal(must.result.reply.status, '4.7.5');
  assert.match(String(must.result.cause), /handshake failed/);
});

test('a server that breaks off right behind the handshake gets the message in the clear, where it may', async () => {
  const far: Host = {
    ...OFFERED,
    app: ({ far }) => ({
      hello: (_, { tls }) => (tls ? far.destroy() : undefined),
    }),
  };
  const may = await under({ tls: 'may' }, far);
  assert.deepEqual(may.inTls, [false]);
  const must = await under({ tls: 'require', verify: 'none' }, far);
  assert.deepEqual(must.inTls, []);
  assert.equal(must.result.status, 'deferred');
});

const RULES: readonly (readonly [TlsRule, Host, 'tls' | 'clear' | 'not'])[] = [
  [{ tls: 'none' }, host('trusted'), 'clear'],
  [{ tls: 'may' }, {}, 'clear'],
  [{ tls: 'require' }, {}, 'not'],
  [{ tls: 'require' }, host('trusted'), 'tls'],
  // A wire may tell of a certificate that is wrong, in place of rejecting.
  [{ tls: 'require' }, host('unknown'), 'not'],
  [{ tls: 'require', verify: 'none' }, host('unknown'), 'tls'],
  [{ tls: 'require', verify: [] }, host('unknown'), 'not'],
  [{ tls: 'refuse', reply: { code: 451, text: 'not in the policy' } }, host('trusted'), 'not'],
];

for (const [rule, far, outcome] of RULES) {
  const offer = far.server ? `a certificate that is ${far.handshake?.({})}` : 'no TLS';
  test(`${JSON.stringify(rule)} with ${offer}: ${outcome}`, async () => {
    const { inTls, result } = await under(rule, far);
    assert.deepEqual(inTls, { tls: [true], clear: [false], not: [] }[outcome]);
    assert.equal(result.status, outcome === 'not' ? 'deferred' : 'delivered');
  });
}

test('a policy is asked once for each host, and one that it refuses is not dialled', async () => {
  const asked: TlsQuestion[] = [];
  const world = new World({ '192.0.2.2': host('trusted') });
  const envelope = envelopeOf('x@D.example');
  const names = { ...ZONE, 'mx2.d.example': { A: ['192.0.2.3', '192.0.2.2'] } };
  const policy: TlsPolicy = async (question) => {
    asked.push(question);
    return question.host === 'mx1.d.example'
      ? { tls: 'refuse', reply: { code: 550, text: 'no' } }
      : { tls: 'require', serverName: 'other.example' };
  };
  const [result] = await deliver(messageOf(), envelope, optionsFor(world, { names, policy }));
  assert.deepEqual(world.addresses, ['192.0.2.3', '192.0.2.2']);
  assert.equal(result?.status, 'delivered');
  assert.equal(result?.tls?.authorized, true);
  assert.deepEqual(asked, [
    { domain: 'd.example', host: 'mx1.d.example', envelope },
    { domain: 'd.example', host: 'mx2.d.example', envelope },
  ]);
});

const never: TlsPolicy = () => ({ tls: 'refuse', reply: { code: 550, text: 'never' } });
const neverOrBroken: TlsPolicy = (question) => {
  if (question.host === 'mx2.d.example') throw new Error('no answer');
  return never(question);
};

test('a host that the policy refuses for good fails, unless another is only put off', async () => {
  const world = new World({});
  const refused = optionsFor(world, { policy: never });
  const [failed] = await deliver(messageOf(), envelopeOf('x@d.example'), refused);
  assert.equal(failed?.status, 'failed');
  assert.equal(failed?.phase, 'policy');
  const options = optionsFor(world, { policy: neverOrBroken });
  const [later] = await deliver(messageOf(), envelopeOf('x@d.example'), options);
  assert.equal(later?.status, 'deferred');
  assert.match(String(later?.cause), /no answer/);
  assert.deepEqual(world.dialled, []);
});

test('a message that requires TLS goes nowhere else, whatever the policy, and fails where nobody has it', async () => {
  const envelope = { ...envelopeOf('x@d.example'), requireTls: true };
  const rules = [{ tls: 'none' }, { tls: 'require', verify: 'none' }] as const;
  const hosts: Host[] = [{}, host('unknown'), host('broken'), host('trusted')];
  for (const [far, rule] of hosts.flatMap((far) => rules.map((rule) => [far, rule] as const))) {
    const world = new World({ '192.0.2.1': far });
    const options = optionsFor(world, { names: ONE, policy: () => rule });
    const [result] = await deliver(messageOf(), envelope, options);
    assert.equal(result?.status, 'failed');
    // RFC 8689 §4.2.1: no TLS, or TLS without REQUIRETLS, which the server machine does not have.
    assert.equal(result?.reply.status, far.handshake?.({}) === 'trusted' ? '5.7.30' : '5.7.10');
    assert.deepEqual(world.received, []);
  }
});
