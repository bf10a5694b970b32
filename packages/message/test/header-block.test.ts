import { fieldBody, fieldName, HeaderBlock, isNamed, splitMessage } from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages, octets, text } from './chunks.ts';

function header(source: string): HeaderBlock {
  return splitMessage(octets(source)).header;
}

test('fields are found by name in any case, the first from the top', () => {
  const block = header('subject: one\r\nTo: a\r\nSUBJECT : two\r\nSubjects: three\r\n\r\n');
  assert.equal(text(block.find('Subject')!), 'subject: one\r\n');
  assert.deepEqual(
    block.findAll('Subject').map((field) => text(field)),
    ['subject: one\r\n', 'SUBJECT : two\r\n'],
  );
  assert.equal(block.find('Subj'), null);
  assert.equal(block.find('From'), null);
});

const names: [field: string, name: string, named: boolean][] = [
  ['From: a', 'from', true],
  ['FROM\t : a', 'From', true],
  ['From:', 'From', true],
  ['Fro: m', 'From', false],
  ['From-x: a', 'From', false],
  ['From x: a', 'From', false],
  ['X[: a', 'x{', false],
  ['From', 'From', false],
];
for (const [field, name, named] of names) {
  test(`${JSON.stringify(field)} is ${named ? '' : 'not '}named ${name}`, () => {
    assert.equal(isNamed(octets(field), name), named);
  });
}

const bodies: [field: string, name: string, body: string][] = [
  ['Subject: hello\r\n', 'Subject', 'hello'],
  ['Subject :\thello \r\n', 'Subject', 'hello'],
  ['Subject:\r\n hello\r\n\tworld\r\n', 'Subject', 'hello\tworld'],
  ['Subject: hello\n world', 'Subject', 'hello world'],
  ['Subject:\r\n', 'Subject', ''],
  ['Subject: a:b \xc3\xa9\xff\r\n', 'Subject', 'a:b é\ufffd'],
];
for (const [field, name, body] of bodies) {
  test(`name and body of ${JSON.stringify(field)}`, () => {
    assert.equal(fieldName(octets(field)), name);
    assert.equal(fieldBody(octets(field)), body);
  });
}

test('hostile 48: Received is counted in any case, and a folded field once', () => {
  const fields =
    'Received: from a\r\n\tby b\r\nRECEIVED: c\r\nreceived :\r\n Received: d\r\nX-Received: e\r\n';
  assert.equal(header(`${fields}\r\nReceived: in the body\r\n`).count('Received'), 3);
  assert.equal(header('Received: x\r\n'.repeat(101)).count('received'), 101);
});

test('fields are added above and below, and each is a field of its own', () => {
  const block = header('A: 1\r\n\r\n')
    .prepend('X: 1\r\nY: 2\r\n\t3\r\n')
    .append(octets('Z: 4\r\n'));
  assert.equal(text(block.bytes()), 'X: 1\r\nY: 2\r\n\t3\r\nA: 1\r\nZ: 4\r\n\r\n');
  assert.equal(block.fields.length, 4);
  assert.equal(text(block.strip('x', 'a', 'z').bytes()), 'Y: 2\r\n\t3\r\n\r\n');
});

test('text that is added is UTF-8', () => {
  assert.equal(text(new HeaderBlock().append('A: é\r\n').bytes()), 'A: \xc3\xa9\r\n\r\n');
});

for (const added of [
  'A: 1',
  'A: 1\n',
  'A: 1\r\n\r\n',
  'A: 1\r\nno field\r\n',
  ' A: 1\r\n',
  ': 1\r\n',
  '\r\n',
]) {
  test(`what is no whole field is not added: ${JSON.stringify(added)}`, () => {
    assert.throws(() => new HeaderBlock().append(added), TypeError);
    assert.throws(() => new HeaderBlock().prepend(added), TypeError);
  });
}

test('hostile 47: what is added cannot run into a body that began without a blank line', () => {
  const { header: block, body } = splitMessage(octets('A: 1\r\nHello: there\r\nno field\r\n'));
  assert.equal(
    text(block.append('X: 2\r\n').bytes(), body),
    'A: 1\r\nHello: there\r\nX: 2\r\n\r\nno field\r\n',
  );
});

test('a field that the message ended in gets its line end before another is added', () => {
  assert.equal(text(header('A: 1').append('X: 2\r\n').bytes()), 'A: 1\r\nX: 2\r\n\r\n');
  assert.equal(text(header('A: 1').prepend('X: 2\r\n').bytes()), 'X: 2\r\nA: 1\r\n\r\n');
});

test('the operations change nothing', () => {
  const block = header('A: 1\r\nB: 2\r\n\r\n');
  block.strip('a');
  block.prepend('X: 1\r\n');
  block.append('X: 1\r\n');
  assert.equal(text(block.bytes()), 'A: 1\r\nB: 2\r\n\r\n');
});

const ours = fc.constantFrom('Return-path: <a@b>\r\n', 'X-Own: 1\r\n\tand more\r\n', 'x-own:\r\n');

test('property: strip(add(x)) is x', () => {
  fc.assert(
    fc.property(messages, fc.array(ours), fc.array(ours), (message, above, below) => {
      const block = header(message);
      const again = block
        .prepend(...above)
        .append(...below)
        .strip('Return-path', 'X-OWN');
      assert.deepEqual(
        again.fields.map((field) => text(field).trimEnd()),
        block.fields.map((field) => text(field).trimEnd()),
      );
      if (block.separator.length > 0) assert.equal(text(again.bytes()), text(block.bytes()));
    }),
  );
});

test('property: what was added is read back', () => {
  fc.assert(
    fc.property(messages, fc.array(ours), (message, added) => {
      const { header: block, body } = splitMessage(octets(message));
      const again = splitMessage(octets(text(block.append(...added).bytes(), body)));
      assert.equal(again.header.count('x-own') + again.header.count('return-path'), added.length);
      assert.equal(text(again.body), text(body));
    }),
  );
});
