import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseMailParams,
  parseRcptParams,
  SmtpServer,
  type ServedExtension,
} from '@postino/smtp-wire';
import { latin1Bytes } from '@postino/wire';
import { codes, greeted, HOST } from './session.ts';

const DELIVERBY: ServedExtension = {
  ehlo: 'DELIVERBY 30',
  mail: { BY: (value) => value !== true && /^-?[0-9]{1,9};[NR]T?$/.test(value) },
};
const RRVS: ServedExtension = { ehlo: 'RRVS', rcpt: { RRVS: () => true } };
const extensions = [DELIVERBY, RRVS];

test('the parameters of an extension that the application serves reach it as they are', () => {
  const options = { extensions };
  assert.deepEqual(parseMailParams('SIZE=1 by=120;R', options), {
    size: 1,
    extra: { BY: '120;R' },
  });
  assert.deepEqual(parseMailParams('BY=soon', options), { fault: 'bad', param: 'BY=soon' });
  assert.deepEqual(parseMailParams('BY', options), { fault: 'bad', param: 'BY' });
  assert.deepEqual(parseMailParams('RRVS', options), { fault: 'unknown', param: 'RRVS' });
  assert.deepEqual(parseMailParams('BY=120;R'), { fault: 'unknown', param: 'BY=120;R' });
  assert.deepEqual(parseRcptParams('RRVS', options), { extra: { RRVS: true } });
  assert.deepEqual(parseRcptParams('RRVS RRVS', options), { fault: 'bad', param: 'RRVS' });
  assert.deepEqual(parseRcptParams('toString', options), { fault: 'unknown', param: 'toString' });
});

test('it is listed by EHLO, and asked about with MAIL', () => {
  const { server, record } = greeted({ extensions });
  assert.match(record.said, /\r\n250-DELIVERBY 30\r\n250-RRVS\r\n/);
  server.receive(latin1Bytes('MAIL FROM:<> BY=1;NT\r\n'));
  const asked = server.next();
  assert.ok(asked?.type === 'mail');
  assert.deepEqual(asked.params, { extra: { BY: '1;NT' } });
  assert.deepEqual(codes(greeted().feed('MAIL FROM:<> BY=1;NT\r\n')), [555]);
});

test('what EHLO cannot say is our own fault', () => {
  for (const ehlo of ['', 'x', 'A\r\nB', 'A ', 'É'])
    assert.throws(() => new SmtpServer({ hostname: HOST, extensions: [{ ehlo }] }), /extensions/);
  const lower: ServedExtension = { ehlo: 'A', rcpt: { by: () => true } };
  assert.throws(() => new SmtpServer({ hostname: HOST, extensions: [lower] }), /extensions/);
});

test('LIMITS leaves out what is no limit', () => {
  assert.match(greeted({ announceLimits: true }).record.said, /\r\n250-LIMITS RCPTMAX=1000\r\n/);
  const limits = { recipients: 1_000_000 };
  assert.doesNotMatch(greeted({ announceLimits: true, limits }).record.said, /LIMITS/);
});
