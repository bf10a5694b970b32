import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOVECOT_UIDL, isUidlFormat, Maildir } from '@postino/maildir';
import { parseUidList, uidlOf } from '../src/uid-list.ts';
import { mailbox, put } from './mailbox.ts';

const LIST = [
  '3 V1388701222 N9 Gd2a1f72c3bcaf252b81d0000b8e6b5f5',
  '1 :1.a.host,S=2,W=3',
  '2 W3 S2 :2.b.host:2,S',
  '3 S2 Pold-uidl W3 :3.c.host',
  '10 :4.d.host',
  'nonsense',
  '11 :',
  'x :5.e.host',
  '12 :6.f.host',
].join('\n');

test('version 3 of the list; a line that is cut off or spoiled is passed over', () => {
  assert.deepEqual(parseUidList(LIST), {
    validity: 1388701222,
    records: new Map([
      ['1.a.host', { uid: 1 }],
      ['2.b.host', { uid: 2 }],
      ['3.c.host', { uid: 3, uidl: 'old-uidl' }],
      ['4.d.host', { uid: 10 }],
    ]),
  });
});

for (const text of ['', '1 1388701222 9\n1 1.a.host\n', '3 N9 G0\n1 :a\n', '4 V1 N9\n', 'V1', '\0'])
  test(`no list of version 3: ${JSON.stringify(text)}`, () => {
    assert.equal(parseUidList(text), null);
  });

const formats: readonly (readonly [string, string])[] = [
  [DOVECOT_UIDL, '0000000a52c5e626'],
  ['%v.%u', '1388701222.10'],
  ['UID%u-%v', 'UID10-1388701222'],
  ['%08Xv%08Xu', '52c5e6260000000a'],
  ['%010u', '0000000010'],
  ['%f', '4.d.host'],
];
for (const [format, uidl] of formats)
  test(`the pop3_uidl_format ${format}`, () => {
    assert.ok(isUidlFormat(format));
    assert.equal(uidlOf(format, { uid: 10 }, { validity: 1388701222, name: '4.d.host' }), uidl);
  });

test('what is no pop3_uidl_format that we know', async (t) => {
  for (const format of ['', 'u', '%v', '%g', '%m', '%u %v', '%u%', '%{uid}', '%8Xu'])
    assert.ok(!isUidlFormat(format), format);
  const { path } = await mailbox(t);
  await assert.rejects(Maildir.open(path, { uidl: '%m' }), TypeError);
});

test('hostile 73: messages of the list keep their unique-ids, others have their names, and the list is not touched', async (t) => {
  const { path } = await mailbox(t);
  const list = join(path, 'dovecot-uidlist');
  const maildir = await Maildir.open(path, { uidl: DOVECOT_UIDL });
  for (const file of ['new/9.z.host,S=2,W=3', 'cur/1.a.host,S=2,W=3:2,', 'cur/3.c.host:2,S'])
    put(path, file);
  const uids = async (): Promise<string[]> => (await maildir.list()).map(({ uid }) => uid);
  assert.deepEqual(await uids(), ['1.a.host', '3.c.host', '9.z.host']);
  writeFileSync(list, LIST);
  assert.deepEqual(await uids(), ['0000000152c5e626', 'old-uidl', '9.z.host']);
  assert.equal(readFileSync(list, 'latin1'), LIST);
  writeFileSync(list, `${LIST}\n13 :9.z.host\n`);
  assert.deepEqual(await uids(), ['0000000152c5e626', 'old-uidl', '0000000d52c5e626']);
  const plain = await Maildir.open(path);
  assert.deepEqual(
    (await plain.list()).map(({ uid }) => uid),
    ['1.a.host', '3.c.host', '9.z.host'],
  );
});
