import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1Bytes } from '@postino/wire';
import { addressed, codes, greeted } from './session.ts';

const CHUNKING = { chunking: true };

test('BDAT asks once how content comes, and gives views of the chunk', () => {
  const { server } = addressed(CHUNKING);
  const octets = latin1Bytes('BDAT 3\r\nabcBDAT 2 LAST\r\n\r\n');
  server.receive(octets);
  assert.deepEqual(server.next(), { type: 'data', how: 'BDAT' });
  server.accept();
  const first = server.next();
  assert.ok(first?.type === 'content' && first.bytes.buffer === octets.buffer);
  assert.equal(server.next()?.type, 'content');
  assert.deepEqual(server.next(), { type: 'message', size: 5 });
});

test('a refused first chunk is read, and those behind it are not a message of their own', () => {
  const { server } = addressed(CHUNKING);
  server.receive(latin1Bytes('BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n'));
  assert.equal(server.next()?.type, 'data');
  server.reject({ code: 452, status: '4.3.1', text: 'no room' });
  assert.deepEqual(server.next(), { type: 'reset' });
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.deepEqual(codes(Buffer.from(sent.bytes).toString()), [452, 503, 250]);
});

test('behind a lone CR nothing of a chunk is shown, however it is cut', () => {
  const driver = addressed(CHUNKING);
  for (const piece of ['BDAT 1\r\n\r', 'BDAT 4\r\n', 'a', 'b', '\r\n']) driver.feed(piece);
  const again = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 3 LAST\r\n';
  driver.feed(`${again}c\r\n`);
  assert.deepEqual(driver.record.stored, ['c\r\n']);
});

test('BINARYMIME keeps lone CR and LF', () => {
  const driver = greeted({ ...CHUNKING, binaryMime: true });
  const envelope = 'MAIL FROM:<a@b.example> BODY=BINARYMIME\r\nRCPT TO:<c@d.example>\r\n';
  driver.feed(`${envelope}BDAT 5 LAST\r\n\r\n\n\0\r`);
  assert.deepEqual(driver.record.stored, ['\r\n\n\0\r']);
});

test('between chunks a shutdown waits for the message', () => {
  const driver = addressed(CHUNKING);
  driver.feed('BDAT 1\r\na');
  driver.server.shutdown();
  assert.equal(driver.pump(), '');
  assert.deepEqual(codes(driver.feed('BDAT 1 LAST\r\nb')), [250, 421]);
});

test('hostile 28: BDAT with a size that is none is 501, and what lies behind it ends the session', () => {
  for (const size of [
    '',
    'x',
    '-1',
    '1.5',
    '1e3',
    '0x1',
    '99999999999999999',
    '1 LAS',
    '1 LAST x',
  ]) {
    assert.deepEqual(codes(addressed(CHUNKING).feed(`BDAT ${size}\r\n`)), [501], size);
    assert.deepEqual(codes(addressed(CHUNKING).feed(`BDAT ${size}\r\nQUIT\r\n`)), [501, 554], size);
  }
});

test('hostile 28: empty chunks without end are cut off, and so are chunks out of turn', () => {
  for (const session of [addressed(CHUNKING), greeted(CHUNKING)])
    assert.equal(codes(session.feed('BDAT 0\r\n'.repeat(1000))).at(-1), 421);
});

test('hostile 28: lone CR and LF are found in chunks however they are cut', () => {
  for (const text of ['a\nb', 'a\rb', '\n', 'a\r\r\n', '\r\n\n', 'ab\r']) {
    for (let at = 0; at <= text.length; at++) {
      const first = `BDAT ${at}\r\n${text.slice(0, at)}`;
      const second = `BDAT ${text.length - at} LAST\r\n${text.slice(at)}`;
      const said = codes(addressed(CHUNKING).feed(first + second));
      assert.ok(said.includes(554), JSON.stringify([text, at]));
    }
  }
});

test('hostile 28: DATA behind BDAT, BDAT behind the last chunk, BDAT within DATA; each octet is counted', () => {
  const mixed = addressed(CHUNKING);
  assert.deepEqual(codes(mixed.feed('BDAT 3\r\nabcDATA\r\n')), [250, 503]);
  assert.deepEqual(codes(mixed.feed('BDAT 4 LAST\r\nde\r\nNOOP\r\n')), [250, 250]);
  assert.deepEqual(mixed.record.stored, ['abcde\r\n']);
  const twice = addressed(CHUNKING);
  const said = twice.feed('BDAT 0 LAST\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n');
  assert.deepEqual(codes(said), [250, 503, 250]);
  assert.deepEqual(twice.record.stored, ['']);
  const within = addressed(CHUNKING);
  assert.deepEqual(codes(within.feed('DATA\r\nBDAT 3 LAST\r\nabc\r\n.\r\n')), [354, 250]);
  assert.deepEqual(within.record.stored, ['BDAT 3 LAST\r\nabc\r\n']);
});
