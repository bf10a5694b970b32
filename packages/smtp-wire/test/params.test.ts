import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMailParams, parseRcptParams } from '@postino/smtp-wire';

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

test('parseRcptParams knows no extension yet', () => {
  assert.deepEqual(parseRcptParams(''), {});
  assert.deepEqual(parseRcptParams('NOTIFY=NEVER'), { fault: 'unknown', param: 'NOTIFY=NEVER' });
});
