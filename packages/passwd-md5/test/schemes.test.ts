import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { test } from 'node:test';
import { hashPassword, NEW_SCHEMES, isNewScheme, PasswdFile, plain } from '@postino/passwd-md5';
import { passwdFile } from './temporary.ts';

/** All of the password süß, made by doveadm pw. */
const BY_DOVECOT = [
  '{SHA}dydLh5vhUQuLE0jPLNXnARiBO6k=',
  '{SHA1}dydLh5vhUQuLE0jPLNXnARiBO6k=',
  '{SSHA}KOhmvEropmSr/Wg9q80nm6uX+BVoPz/P',
  '{SHA256}ViLtNz9+Lp4osdsbFYe3CJS2CnG6IqXHh6Xm1hC736k=',
  '{SHA256.HEX}5622ed373f7e2e9e28b1db1b1587b70894b60a71ba22a5c787a5e6d610bbdfa9',
  '{SSHA256}xYF8NpJdf6gYPwActVdfcGBDR/1zLAUMB0rJs/aSCX2x7NSK',
  '{SHA512}tn78Cm8EjHzMkriAYH/MwPEsAw42AeYFQ8tzWvS9m+8HmfYIXGbhJHyam/O25XijziWEUbGByNP57/nj1vgRTg==',
  '{SSHA512}Gf6oR8axZrJR5sXSH+nHGOZm5YrycBdeZYL+CsQdLZydCEUq/oc07aHrKmma442Wn5MEZlHM2vogHfY4p+Bn5YuF8c8=',
  '{SSHA512.HEX}64f006a60cfa440f9fa06903cf91bcc3111edd05575f0607bd90d68dba333a5fdc4b2bac30c180b22926a39df81757aba0abe1ca19778d284f2c923c272df9761aab17e2',
  '{SMD5}FONBS0IthlXzoyaYiRzJAhfPwM8=',
  '{SMD5.HEX}28368011636175b50f47d45ecf3b775d3fe3c94c',
  '{LDAP-MD5}PDuhBAjMBvaLdsmwAXNMVw==',
  '{PLAIN-MD5}3c3ba10408cc06f68b76c9b001734c57',
  '{PLAIN-MD5.B64}PDuhBAjMBvaLdsmwAXNMVw==',
  '{MD5}$1$kkqiftLw$uowQevduZ/OmS6Qo6gVQr1',
  '{MD5-CRYPT}$1$8pgSHjIq$z0tSWU52e/1sef4SkgRi4/',
  '{SHA256-CRYPT}$5$sm36.Niw4YtRtOaO$cPnTBTWj8vVdJn.E196T819QFlJC3lVQGjxOE6uF/ED',
  '{SHA512-CRYPT}$6$gGNZCLyzvhgZvNf/$J.Sy3YXJZOkL0XBvGVpPK3mWsNAhn/.HqfwyiUSF5atmfyURbjZMHl4F59.EtStTtct/F/hRepvgHjGJzmhop/',
  '{BLF-CRYPT}$2y$05$D9Fc1D1pmQ2go4xPdM5GXeKcvpHvuwTPPsm.wZifgnlr3NafQ7UJW',
  '{CRYPT}$2y$05$HsS07f6V9OIEKETUGMs.r.B.h0gcYFs8P7/TQkd7POnnOdwuzCDmK',
  '{PBKDF2}$1$pqmu7N.h/zyYKmKW$5000$d0cef2856ac0ef9e413019d855e48f7855800d6b',
  '{SCRAM-SHA-256}4096,6PXHzBNquHBFjDoCVDenRA==,Jo/+2ga6naTIJ5eq1nd3hy2E8gNbcSCqjxQiIeslqnM=,7OEcAemDefF/nXa38ulSHRAV8jKbNN9g0wCeeE37dY8=',
];

const ARGON2 = [
  '{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$nf/p8FdxV17Ew1IR3uV/2A$bab+S0mwRJyJM3YnpvywKc4j0hopQppkjddWtCYrSR8',
  '{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$3A7kcigDJ4/gB1oYLyox6A$UlFS7QTRT4TDJVMzLdkuUveqjj1D8eecmI1vjOtKtxY',
];
const noArgon2 = !Reflect.has(crypto, 'argon2') && 'this Node has no Argon2';

/** A file in which user 0 has the first hash, and so on. */
const fileOf = (hashes: readonly string[]): string =>
  hashes.map((hash, at) => `${at}:${hash}::\n`).join('');

test('every scheme of Dovecot, with its encodings', async (t) => {
  const file = await PasswdFile.open(await passwdFile(t, fileOf(BY_DOVECOT)));
  assert.deepEqual(
    (await file.problems()).filter(({ type }) => type === 'fault'),
    [],
  );
  for (const [at, hash] of BY_DOVECOT.entries()) {
    assert.equal(await file.verify(`${at}`, 'süß'), true, hash);
    assert.equal(await file.verify(`${at}`, 'süss'), false, hash);
    assert.equal(await file.verify(`${at}`, ''), false, hash);
  }
});

test('Argon2, where Node has it', { skip: noArgon2 }, async (t) => {
  const file = await PasswdFile.open(await passwdFile(t, fileOf(ARGON2)));
  for (const at of ARGON2.keys()) {
    assert.equal(await file.verify(`${at}`, 'secret'), true);
    assert.equal(await file.verify(`${at}`, 'Secret'), false);
  }
});

test('long passwords, as openssl hashes them', async (t) => {
  const file = await PasswdFile.open(
    await passwdFile(
      t,
      '0:$5$salt$HXQFJ7C9IlPH1emeaj5p/0hYJYwp65YoRrxZB9Mk8kA\n1:$5$salt$iQCjcIHBkpRDt4TwHlqEtQ8kZ01Q3xOWpLrbcYgOG98\n',
    ),
  );
  assert.equal(await file.verify('0', 'a'.repeat(32)), true);
  assert.equal(await file.verify('1', 'a'.repeat(64)), true);
  assert.equal(await file.verify('1', 'a'.repeat(63)), false);
});

test('hostile 33: what is malformed, unknown or too dear matches nothing, and the reason is told', async (t) => {
  const digest = '.'.repeat(86);
  const faults: [string, RegExp][] = [
    ['', /no hash/],
    ['*', /malformed/],
    ['{PLAIN}x', /scheme is not known/],
    ['{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', /malformed/],
    ['{SHA256.HEX}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=', /malformed/],
    [`$6$rounds=999$salt$${digest}`, /malformed/],
    [`$6$rounds=1000001$salt$${digest}`, /1000001 rounds; the limit is 1000000/],
    [`$6$rounds=9999999999$salt$${digest}`, /malformed/],
    [`$6$salt$${digest}.`, /malformed/],
    [`$2y$31$${'.'.repeat(53)}`, /a cost of 31; the limit is 14/],
    [`$2y$03$${'.'.repeat(53)}`, /malformed/],
    [`$argon2id$v=19$m=4194304,t=3,p=1$AAAAAAAAAAA$AAAAAAAAAAA`, /4194304 KiB/],
    [`$argon2id$v=19$m=8192,t=300,p=1$AAAAAAAAAAA$AAAAAAAAAAA`, /300 passes/],
    ['{PBKDF2}$1$salt$999999999$' + '0'.repeat(40), /999999999 rounds/],
    [
      '{SCRAM-SHA-256}999999999,AAAA,' + ['A', 'A'].map((a) => a.repeat(43) + '=').join(','),
      /iterations/,
    ],
    ['$7$xyz', /kind \$7\$/],
  ];
  const file = await PasswdFile.open(await passwdFile(t, fileOf(faults.map(([hash]) => hash))));
  const problems = await file.problems();
  for (const [at, [hash, reason]] of faults.entries()) {
    assert.match(problems.find(({ user }) => user === `${at}`)?.reason ?? '', reason, hash);
    for (const password of ['x', '', 'secret'])
      assert.equal(await file.verify(`${at}`, password), false, hash);
  }
});

test('fields that keep somebody out keep everybody out', async (t) => {
  const md5 = await hashPassword('x', 'PLAIN-MD5');
  const lines = `a:${md5}::::::nologin\nb:${md5}::::::allow_nets=::1\nc:${md5}::::::quota=1\n`;
  const file = await PasswdFile.open(await passwdFile(t, lines));
  assert.equal(await file.verify('a', 'x'), false);
  assert.equal(await file.verify('b', 'x'), false);
  assert.equal(await file.verify('c', 'x'), true);
  assert.deepEqual(
    (await file.problems()).map(({ user, type }) => [user, type]),
    [
      ['a', 'fault'],
      ['b', 'fault'],
      ['c', 'fast'],
    ],
  );
});

test('each new hash belongs to its password', async (t) => {
  const schemes = NEW_SCHEMES.filter(isNewScheme).filter(
    (name) => name !== 'ARGON2ID' || !noArgon2,
  );
  const hashes = await Promise.all(schemes.map((name) => hashPassword('süß', name)));
  const file = await PasswdFile.open(await passwdFile(t, fileOf(hashes)));
  for (const [at, name] of schemes.entries()) {
    assert.equal(await file.verify(`${at}`, 'süß'), true, name);
    assert.equal(await file.verify(`${at}`, 'suess'), false, name);
    assert.equal((await file.scram(`${at}`)) !== null, name === 'SCRAM-SHA-256');
  }
  await assert.rejects(hashPassword(''), TypeError);
  await assert.rejects(hashPassword('a\0'), TypeError);
  await assert.rejects(hashPassword('a'.repeat(73), 'CRYPT'), TypeError);
});

test('passwords as they are, for who asks for it', async (t) => {
  const file = await PasswdFile.open(await passwdFile(t, 'a:{PLAIN}x\n'), {
    schemes: { PLAIN: plain },
  });
  assert.equal(await file.verify('a', 'x'), true);
  assert.equal(await file.verify('a', 'xx'), false);
});
