import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  envelopeFault,
  parseCommand,
  parseExtensions,
  parseMailParams,
  parseRcptParams,
} from '@postino/smtp-wire';
import fc from 'fast-check';
import { rcptLine } from '../src/envelope-commands.ts';

const ALL = parseExtensions({ code: 250, text: ['', 'DSN', 'SMTPUTF8'] });

const MAIL: readonly [string, object][] = [
  ['', {}],
  ['SIZE=0', { size: 0 }],
  ['size=1234 BODY=8bitmime', { size: 1234, body: '8BITMIME' }],
  ['BODY=7BIT \t SMTPUTF8', { body: '7BIT', smtpUtf8: true }],
  ['SIZE=99999999999999999999', { size: Number('99999999999999999999') }],
  ['AUTH=<>', { auth: '' }],
  ['AUTH=e+3Dmc2@example.com', { auth: 'e=mc2@example.com' }],
  ['SIZE=1 SIZE=1', { fault: 'bad', param: 'SIZE=1' }],
  ['SIZE=1 size=2', { fault: 'bad', param: 'size=2' }],
  ['SIZE', { fault: 'bad', param: 'SIZE' }],
  ['SIZE=', { fault: 'bad', param: 'SIZE=' }],
  ['SIZE 1', { fault: 'bad', param: 'SIZE' }],
  ['SIZE=-1', { fault: 'bad', param: 'SIZE=-1' }],
  ['SIZE=1e3', { fault: 'bad', param: 'SIZE=1e3' }],
  ['SIZE=100000000000000000000', { fault: 'bad', param: 'SIZE=100000000000000000000' }],
  ['SIZE=1=1', { fault: 'bad', param: 'SIZE=1=1' }],
  ['BODY=BINARYMIME', { fault: 'bad', param: 'BODY=BINARYMIME' }],
  ['BODY', { fault: 'bad', param: 'BODY' }],
  ['SMTPUTF8=YES', { fault: 'bad', param: 'SMTPUTF8=YES' }],
  ['AUTH=', { fault: 'bad', param: 'AUTH=' }],
  ['AUTH=a+3', { fault: 'bad', param: 'AUTH=a+3' }],
  ['AUTH=a+3d', { fault: 'bad', param: 'AUTH=a+3d' }],
  ['=1', { fault: 'bad', param: '=1' }],
  ['-A=1', { fault: 'bad', param: '-A=1' }],
  ['A=\u0007', { fault: 'bad', param: 'A=\u0007' }],
  ['FOO=bar', { fault: 'unknown', param: 'FOO=bar' }],
  ['toString', { fault: 'unknown', param: 'toString' }],
  ['SIZE=1 X', { fault: 'unknown', param: 'X' }],
];

for (const [text, value] of MAIL) {
  test(`parseMailParams ${JSON.stringify(text)}`, () =>
    assert.deepEqual(parseMailParams(text), value));
}

test('without the extension its parameters are unknown', () => {
  assert.deepEqual(parseRcptParams(''), {});
  assert.deepEqual(parseRcptParams('NOTIFY=NEVER'), { fault: 'unknown', param: 'NOTIFY=NEVER' });
  assert.deepEqual(parseRcptParams('ORCPT=rfc822;a'), {
    fault: 'unknown',
    param: 'ORCPT=rfc822;a',
  });
  assert.deepEqual(parseMailParams('RET=FULL'), { fault: 'unknown', param: 'RET=FULL' });
  assert.deepEqual(parseMailParams('ENVID=a'), { fault: 'unknown', param: 'ENVID=a' });
});

const DSN_MAIL: readonly [string, object][] = [
  ['RET=FULL', { ret: 'FULL' }],
  ['ret=hdrs ENVID=QQ314159', { ret: 'HDRS', envid: 'QQ314159' }],
  ['ENVID=a+20b+2B+3D', { envid: 'a b+=' }],
  [`ENVID=${'x'.repeat(100)}`, { envid: 'x'.repeat(100) }],
];
const DSN_MAIL_BAD = [
  'RET',
  'RET=',
  'RET=BODY',
  'RET=FULL,HDRS',
  'ENVID',
  'ENVID=',
  'ENVID=a+',
  'ENVID=a+4',
  'ENVID=a+4a',
  'ENVID=+00',
  'ENVID=a+0D+0Ab',
  'ENVID=+09',
  'ENVID=+7F',
  'ENVID=+80',
  'ENVID=é',
  `ENVID=${'x'.repeat(101)}`,
  'ENVID=a=b',
];

const DSN_RCPT: readonly [string, object][] = [
  ['NOTIFY=NEVER', { notify: ['NEVER'] }],
  ['notify=Success,failure', { notify: ['SUCCESS', 'FAILURE'] }],
  ['NOTIFY=DELAY,DELAY,FAILURE', { notify: ['FAILURE', 'DELAY'] }],
  ['ORCPT=rfc822;Bob+2Bx@B.example', { orcpt: 'rfc822;Bob+x@B.example' }],
  ['ORCPT=x400;/C+3DUS', { orcpt: 'x400;/C=US' }],
  ['ORCPT=x;y;z', { orcpt: 'x;y;z' }],
  [String.raw`ORCPT=utf-8;\x{E9}\x{2B}\x{1D11E}@b`, { orcpt: 'utf-8;é+𝄞@b' }],
  ['ORCPT=UTF-8;é@b', { orcpt: 'UTF-8;é@b' }],
  ['ORCPT=utf-8;ascii+3D@b', { orcpt: 'utf-8;ascii=@b' }],
  [String.raw`ORCPT=utf-8;\x{5C}x{E9}`, { orcpt: String.raw`utf-8;\x{E9}` }],
  [`ORCPT=rfc822;${'x'.repeat(493)}`, { orcpt: `rfc822;${'x'.repeat(493)}` }],
];
const DSN_RCPT_BAD = [
  'NOTIFY',
  'NOTIFY=',
  'NOTIFY=NEVER,FAILURE',
  'NOTIFY=SUCCESS,NEVER',
  'NOTIFY=NEVER,NEVER',
  'NOTIFY=SUCCESS,',
  'NOTIFY=,SUCCESS',
  'NOTIFY=SUCCESS,,DELAY',
  'NOTIFY=ALWAYS',
  'NOTIFY=ſUCCESS',
  'ORCPT',
  'ORCPT=',
  'ORCPT=rfc822',
  'ORCPT=rfc822;',
  'ORCPT=;a@b',
  'ORCPT=rfc(822;a@b',
  'ORCPT=rfc822;a+0D+0AX',
  'ORCPT=rfc822;a+00',
  'ORCPT=rfc822;é@b',
  'ORCPT=rfc822;a+4',
  String.raw`ORCPT=utf-8;\x{0D}@b`,
  String.raw`ORCPT=utf-8;\x{85}@b`,
  String.raw`ORCPT=utf-8;\x{D800}@b`,
  String.raw`ORCPT=utf-8;\x{110000}@b`,
  String.raw`ORCPT=utf-8;é\y@b`,
  `ORCPT=rfc822;${'x'.repeat(494)}`,
];

for (const [text, value] of DSN_MAIL) {
  test(`DSN on MAIL: ${text}`, () => assert.deepEqual(parseMailParams(text, { dsn: true }), value));
}
for (const [text, value] of DSN_RCPT) {
  test(`DSN on RCPT: ${text}`, () => assert.deepEqual(parseRcptParams(text, { dsn: true }), value));
}
test('what DSN cannot mean is bad, and so is what comes twice', () => {
  for (const param of DSN_MAIL_BAD)
    assert.deepEqual(parseMailParams(param, { dsn: true }), { fault: 'bad', param });
  for (const param of DSN_RCPT_BAD)
    assert.deepEqual(parseRcptParams(param, { dsn: true }), { fault: 'bad', param });
  for (const twice of ['RET=FULL', 'ENVID=a'])
    assert.deepEqual(parseMailParams(`${twice} ${twice}`, { dsn: true }), {
      fault: 'bad',
      param: twice,
    });
  for (const twice of ['NOTIFY=DELAY', 'ORCPT=rfc822;a'])
    assert.deepEqual(parseRcptParams(`${twice} ${twice}`, { dsn: true }), {
      fault: 'bad',
      param: twice,
    });
});

test('whatever DSN parameters were taken can be sent on, and mean the same', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      '+',
      '=',
      '\\',
      'x',
      '{',
      '}',
      'E',
      '9',
      ';',
      'é',
      '𝄞',
      '@',
      String.raw`\x{E9}`,
    ),
    minLength: 1,
    maxLength: 30,
  });
  const recipient = fc.record({
    type: fc.constantFrom('rfc822', 'utf-8', 'UTF-8'),
    text,
    utf8: fc.boolean(),
  });
  fc.assert(
    fc.property(recipient, ({ type, text, utf8 }) => {
      const read = parseRcptParams(`ORCPT=${type};${text.replaceAll(/[ =]/g, '+3D')}`, {
        dsn: true,
      });
      if (!('orcpt' in read)) return;
      const address = { localPart: 'c', domain: 'd.example' };
      const line = rcptLine({ address, ...read }, ALL, utf8);
      assert.deepEqual(parseCommand(line.slice(0, -2), { dsn: true }), {
        verb: 'RCPT',
        to: address,
        params: read,
      });
    }),
  );
});

test('envelopeFault says no exactly where begin() would throw', () => {
  const to = [{ address: { localPart: 'c', domain: 'd.example' } }];
  const from = { localPart: 'a', domain: 'b.example' };
  assert.equal(envelopeFault({ from, to, envid: 'x', ret: 'FULL' }), null);
  assert.match(envelopeFault({ from, to: [] }) ?? '', /recipient/);
  assert.match(envelopeFault({ from, to, envid: 'a\r\nb' }) ?? '', /printable/);
  assert.match(envelopeFault({ from, to, envid: 'x'.repeat(101) }) ?? '', /envid is longer/);
  assert.match(envelopeFault({ from, to: [{ ...to[0]!, notify: [] }] }) ?? '', /notify/);
  assert.match(envelopeFault({ from, to: [{ ...to[0]!, orcpt: 'rfc822' }] }) ?? '', /orcpt/);
  assert.match(
    envelopeFault({ from, to: [{ ...to[0]!, orcpt: `rfc822;${'x'.repeat(500)}` }] }) ?? '',
    /orcpt is longer/,
  );
  assert.match(
    envelopeFault({ from, to: [{ address: { localPart: '', domain: '' } }] }) ?? '',
    /null path/,
  );
});
