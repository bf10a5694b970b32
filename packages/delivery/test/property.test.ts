/** Whatever goes wrong: each recipient has one result, and what is reported is what happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpApp } from '@postino/smtp-wire';
import type { MemoryWire, Reply } from '@postino/wire';
import fc from 'fast-check';
import { deliver } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, type Host } from './world.ts';

const PLACES = ['connect', 'hello', 'mail', 'rcpt', 'data', 'content', 'message', 'after'] as const;
const HOWS = [
  { code: 450, text: 'later' },
  { code: 452, text: 'too many' },
  { code: 550, text: 'no' },
  { code: 552, text: 'too many' },
  '421',
  'reset',
  'end',
  'silence',
] as const;

/** At the nth time that a place is come to, this happens there. */
const fault = fc.record({
  place: fc.constantFrom(...PLACES),
  nth: fc.integer({ min: 0, max: 3 }),
  how: fc.constantFrom(...HOWS),
});
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

const host = fc.record({
  faults: fc.array(fault, { maxLength: 4 }),
  there: fc.boolean().map((no) => !no),
  startTls: fc.boolean(),
  handshake: fc.constantFrom('broken', 'trusted', 'unknown'),
});

const HOSTS = 4;
const DOMAINS = 3;

const scene = fc.record({
  hosts: fc.array(host, { minLength: HOSTS, maxLength: HOSTS }),
  /** The hosts of each domain, best first. */
  domains: fc.array(fc.uniqueArray(fc.nat(HOSTS - 1), { minLength: 1 }), {
    minLength: DOMAINS,
    maxLength: DOMAINS,
  }),
  recipients: fc.array(fc.nat(DOMAINS - 1), { minLength: 1, maxLength: 8 }),
  limit: fc.integer({ min: 1, max: 4 }),
  tls: fc.constantFrom('none', 'may', 'require'),
});

test('each recipient has one result, and what the hosts accepted is what is reported delivered', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ hosts, domains, recipients, limit, tls }) => {
      const world = new World(
        Object.fromEntries(
          hosts.flatMap((one, n) => (one.there ? [[addressOf(n), hostOf(one)]] : [])),
        ),
      );
      const addresses = recipients.map((domain, n) => `r${n}@d${domain}.example`);
      const options = optionsFor(world, {
        names: {
          ...Object.fromEntries(hosts.map((_, n) => [`mx${n}.example`, { A: [addressOf(n)] }])),
          ...Object.fromEntries(
            domains.map((own, n) => [
              `d${n}.example`,
              { MX: own.map((mx, place) => [place, `mx${mx}.example`] as const) },
            ]),
          ),
        },
        limits: { recipients: limit },
        policy: () => ({ tls }),
      });
      const results = await deliver(messageOf(), envelopeOf(...addresses), options);

      assert.deepEqual(
        results.map(({ recipient }) => recipient),
        [...addresses.keys()],
      );
      const accepted = world.received.flatMap(({ to }) => to).toSorted();
      const delivered = results
        .filter(({ status, unknown }) => status === 'delivered' || unknown)
        .map(({ recipient }) => `<${addresses[recipient]}>`);
      assert.equal(new Set(accepted).size, accepted.length, 'nobody got it twice');
      for (const { recipient, status, unknown } of results) {
        const got = accepted.includes(`<${addresses[recipient]}>`);
        if (!unknown) assert.equal(got, status === 'delivered');
      }
      assert.ok(accepted.every((to) => delivered.includes(to)));
      if (tls === 'require') assert.ok(world.received.every((received) => received.tls));
      assert.equal(world.open, 0, 'no connection is left open');
    }),
  );
});

function addressOf(n: number): string {
  return `192.0.2.${n}`;
}

function hostOf({
  faults,
  startTls,
  handshake,
}: typeof host extends fc.Arbitrary<infer T> ? T : never): Host {
  const times = new Map<string, number>();
  return {
    server: { startTls },
    handshake: () => handshake,
    app: ({ near, far }) => {
      const at = (place: Fault['place']) => async (): Promise<Reply | undefined> => {
        const nth = times.get(place) ?? 0;
        times.set(place, nth + 1);
        const found = faults.find((one) => one.place === place && one.nth === nth);
        if (!found) return undefined;
        if (typeof found.how === 'object') return found.how;
        // Behind the verdict it is too late to change it: who says 421 then lies.
        await happen(place === 'after' && found.how === '421' ? 'end' : found.how, near, far);
        return place === 'after' ? undefined : new Promise(() => {});
      };
      const app: Partial<SmtpApp> = {
        ...Object.fromEntries(PLACES.map((place) => [place, at(place)])),
        message: async () => (await at('message')()) ?? (await at('after')()),
      };
      return app;
    },
  };
}

async function happen(how: string, near: MemoryWire, far: MemoryWire): Promise<void> {
  await settled();
  if (how === '421') {
    await far.write(Buffer.from('421 4.3.2 going down\r\n')).catch(() => {});
    await far.close();
  } else if (how === 'reset') far.destroy();
  else if (how === 'end') await far.close();
  else near.expire();
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
