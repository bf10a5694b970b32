import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath } from '@postino/address';
import { zone } from '@postino/dns';
import { planMx, verifyRecipient, verifySender, type VerifyOptions } from '@postino/router';
import { postOffice } from './post-office.ts';

const resolver = zone({
  'good.example': { MX: [[10, 'mx.good.example']] },
  'mx.good.example': { A: ['192.0.2.1'] },
  'nomail.example': { MX: [[0, '.']] },
  'nowhere.example': { MX: [[10, 'gone.example']] },
  'local.example': { A: ['127.0.0.1'] },
  'slow.example': { fail: 'ETIMEOUT' },
});
const ALIASES = 'gone: :fail: 550 5.1.6 He moved\nwait: :defer: Later\nhole: :blackhole:';
const OPTIONS: VerifyOptions = {
  router: postOffice(ALIASES, { postmaster: 'ale' }),
  plan: (domain) => planMx(domain, { resolver }),
};

/** What is said to this recipient and to this sender, in short. */
async function verify(address: string): Promise<[recipient: string, sender: string]> {
  const path = parsePath(`<${address}>`)!;
  const recipient = await verifyRecipient(path, OPTIONS);
  const sender = await verifySender(path, OPTIONS);
  return [recipient, sender].map((objection) =>
    objection ? `${objection.reply.code} ${objection.reply.status}` : 'good',
  ) as [string, string];
}

test('recipients and senders, here and abroad', async () => {
  const table: Record<string, [string, string]> = {
    'bob@example.org': ['good', 'good'],
    'bob+x@example.org': ['good', 'good'],
    'hole@example.org': ['good', 'good'],
    'Postmaster@example.org': ['good', 'good'],
    'nobody@example.org': ['550 5.1.1', '550 5.1.0'],
    'gone@example.org': ['550 5.1.6', '550 5.1.8'],
    'wait@example.org': ['451 4.3.0', '451 4.1.8'],
    'a@good.example': ['good', 'good'],
    'a@[192.0.2.1]': ['good', 'good'],
    'a@nomail.example': ['556 5.1.10', '550 5.7.27'],
    'a@unheard-of.example': ['550 5.1.2', '550 5.1.8'],
    'a@nowhere.example': ['550 5.4.4', '550 5.1.8'],
    'a@local.example': ['550 5.4.4', '550 5.1.8'],
    'a@slow.example': ['451 4.4.3', '451 4.1.8'],
  };
  for (const [address, expected] of Object.entries(table))
    assert.deepEqual(await verify(address), expected, address);
});

test('the null path is always good, and no recipient', async () => {
  const nobody = { localPart: '', domain: '' };
  assert.equal(await verifySender(nobody, OPTIONS), null);
});

test('what a lookup threw goes on to the log', async () => {
  const cause = new Error('EIO');
  const router = postOffice('', { users: { has: () => Promise.reject(cause) } });
  const path = { localPart: 'bob', domain: 'example.org' };
  const found = await verifySender(path, { ...OPTIONS, router });
  assert.equal(found?.type, 'defer');
  assert.equal(found?.cause, cause);
});
