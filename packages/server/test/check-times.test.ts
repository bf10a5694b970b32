/** A DNS that never answers costs time, and no mail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Router } from '@postino/router';
import { checkConfig } from '@postino/server';
import type { Resolver } from '@postino/dns';
import { splitMessage } from '@postino/message';
import { CancelSource } from '@postino/wire';
import { Checks } from '../src/checks/checks.ts';
import { Reachability } from '../src/checks/reachability.ts';
import { countNothing } from '../src/count.ts';
import { MessageChecks } from '../src/checks/message-checks.ts';
import { within } from '../src/checks/within.ts';

const never = <T>(): Promise<T> => new Promise<T>(() => {});
const silent: Resolver = {
  resolve4: never,
  resolve6: never,
  resolveMx: never,
  resolveTxt: never,
  resolvePtr: never,
};
const log = pino({ level: 'silent' });
const reject = { action: 'reject', timeout: 5 } as const;
const config = {
  dnsbl: { ...reject, zones: ['zen.test', 'psbl.test'] },
  spf: { ...reject, received_spf: true },
  dkim: reject,
  dmarc: reject,
  rdns: reject,
  sender: { action: 'off', timeout: 5 } as const,
  arc: { action: 'on', timeout: 5 } as const,
};
const reachability = new Reachability(
  checkConfig(
    { hostname: 'mx.example.org', checks: { sender: { timeout: '1s' } } },
    { folder: '/' },
  ),
  { router: new Router({ localDomains: [], users: new Set() }), resolver: silent },
);
const MESSAGE = Buffer.from(
  'DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=sel; h=from; bh=eA==; b=eA==;\r\nFrom: ann@example.net\r\n\r\nBody.\r\n',
);

test('hostile 76: what does not answer in time is unknown, and refuses nobody', async () => {
  const checks = new Checks(config, {
    hostname: 'mx.example.org',
    resolver: silent,
    reachability,
    count: countNothing,
  });
  const message = new MessageChecks(checks.client('192.0.2.1', log)!, {
    from: { localPart: 'ann', domain: 'example.net' },
    hello: 'client.example',
  });
  assert.equal(await message.refusal(), null);
  await message.write(MESSAGE);
  const findings = await message.end(splitMessage(MESSAGE).header);
  assert.ok('trace' in findings);
  assert.deepEqual(findings.warnings, []);
  const [field] = findings.trace;
  assert.deepEqual(field!.match(/\w+=temperror/g), [
    'iprev=temperror',
    'spf=temperror',
    'dkim=temperror',
    'dmarc=temperror',
  ]);
});

test('a sender whose domain does not answer in time waits', async () => {
  const found = await reachability.sender({ localPart: 'ann', domain: 'example.net' });
  assert.equal(found?.type, 'defer');
});

test('with every check off there is nothing to do', () => {
  const off = { action: 'off', timeout: 5 } as const;
  const none = {
    dnsbl: { ...off, zones: ['zen.test'] },
    spf: { ...off, received_spf: true },
    dkim: off,
    dmarc: off,
    rdns: off,
    sender: off,
    arc: off,
  };
  const checks = new Checks(none, {
    hostname: 'mx.example.org',
    resolver: silent,
    reachability,
    count: countNothing,
  });
  assert.equal(checks.client('192.0.2.1', log), null);
});

test('work that is done in time is never told to stop', async () => {
  let told = false;
  const answer = await within(1000, async (cancel) => {
    cancel.addEventListener('abort', () => (told = true));
    return 'done';
  });
  assert.equal(answer, 'done');
  assert.equal(told, false);
});

test('work that nobody waits for is told so', async () => {
  const given = new CancelSource();
  const work = within(
    60_000,
    (cancel) => new Promise<string>((done) => cancel.addEventListener('abort', () => done('told'))),
    given,
  );
  given.fire();
  assert.equal(await work, 'told');
});
