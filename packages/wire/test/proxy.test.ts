import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatIp,
  formatProxyHeader,
  latin1,
  latin1Bytes,
  MAX_PROXY_LINE,
  ProxyReader,
  StateError,
  type ProxyFault,
  type ProxyHeader,
} from '@postino/wire';
import { crc32c } from '../src/crc32c.ts';

type Result = ProxyHeader | ProxyFault | null;

/** What a reader makes of these octets, cut there, and what it leaves. */
function read(chunks: readonly Uint8Array[], limit?: number): { result: Result; rest: string } {
  const reader = new ProxyReader(limit === undefined ? {} : { limit });
  let result: Result = null;
  let rest = '';
  for (const chunk of chunks) {
    if (result) rest += latin1(chunk);
    else if ((result = reader.read(chunk))) rest = latin1(reader.rest());
  }
  return { result, rest: result?.type === 'fault' ? '' : rest };
}

/** The result, which must be the same whole, byte by byte and cut at every place. */
function readEveryWay(bytes: Uint8Array, limit?: number): { result: Result; rest: string } {
  const whole = read([bytes], limit);
  assert.deepEqual(
    read(
      Array.from(bytes, (octet) => Uint8Array.of(octet)),
      limit,
    ),
    whole,
  );
  for (let at = 0; at <= bytes.length; at++) {
    const cut = read([bytes.subarray(0, at), bytes.subarray(at)], limit);
    assert.deepEqual(cut, whole, `cut at ${at}`);
  }
  return whole;
}

const BEHIND = 'EHLO a\r\n\n\r\n';

const LONG = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
const lines: [name: string, line: string, expected: string][] = [
  [
    'the example of the specification',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n',
    '192.168.0.1:56324 192.168.0.11:443',
  ],
  [
    'the longest IPv4',
    'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
    '255.255.255.255:65535 255.255.255.255:65535',
  ],
  ['the longest IPv6', `PROXY TCP6 ${LONG} ${LONG} 65535 65535\r\n`, `${LONG}:65535 ${LONG}:65535`],
  ['zeros left out', 'PROXY TCP6 2001:DB8::1 :: 1 0\r\n', '2001:db8::1:1 :::0'],
  [
    'a peer of IPv4 on a socket of both',
    'PROXY TCP6 ::ffff:192.0.2.1 ::1 1 25\r\n',
    '::ffff:192.0.2.1:1 ::1:25',
  ],
  ['unknown, short', 'PROXY UNKNOWN\r\n', 'unknown'],
  ['unknown, worst case', `PROXY UNKNOWN ${LONG} ${LONG} 65535 65535\r\n`, 'unknown'],
  ['unknown, with anything behind', 'PROXY UNKNOWN \0\xff PROXY TCP4 \r\n', 'unknown'],
  ['unknown, of one octet too many', `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`, 'tooLong'],
  ['no CRLF in 107 octets', 'PROXY TCP4 '.padEnd(MAX_PROXY_LINE, '1'), 'tooLong'],
  ['another word', 'EHLO a\r\n', 'signature'],
  ['small letters', 'proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'signature'],
  ['no space', 'PROXYTCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'signature'],
  ['LF alone', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n', 'line'],
  ['CR alone', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx\r\n', 'line'],
  ['CR CR LF', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r\n', 'line'],
  ['LF CR LF', 'PROXY UNKNOWN\n\r\n', 'line'],
  ['a small family', 'PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n', 'line'],
  ['UDP', 'PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n', 'line'],
  ['nearly unknown', 'PROXY UNKNOWNX\r\n', 'line'],
  ['two spaces', 'PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n', 'line'],
  ['a space at the end', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n', 'line'],
  ['a tab', 'PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n', 'line'],
  ['a family of the other addresses', 'PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n', 'line'],
  ['two families', 'PROXY TCP4 192.0.2.1 ::1 1 2\r\n', 'line'],
  ['no port', 'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n', 'line'],
  ['a zero before an address', 'PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n', 'line'],
  ['a zero before a port', 'PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n', 'line'],
  ['a port too high', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n', 'line'],
  ['a port below zero', 'PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n', 'line'],
  ['an octet too high', 'PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n', 'line'],
  ['three octets', 'PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n', 'line'],
  ['a name', 'PROXY TCP4 localhost 192.0.2.2 1 2\r\n', 'line'],
  ['two double colons', 'PROXY TCP6 1::2::3 ::1 1 2\r\n', 'line'],
  ['nine groups', 'PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n', 'line'],
  ['a double colon for nothing', 'PROXY TCP6 1:2:3:4::5:6:7:8 ::1 1 2\r\n', 'line'],
  ['five digits', 'PROXY TCP6 12345::1 ::1 1 2\r\n', 'line'],
  ['an IPv4 address in the middle', 'PROXY TCP6 192.0.2.1::1 ::1 1 2\r\n', 'line'],
  ['a zone', 'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n', 'line'],
];
for (const [name, line, expected] of lines) {
  test(`PROXY v1: ${name}, cut at every place`, () => {
    const { result, rest } = readEveryWay(latin1Bytes(line + BEHIND));
    assert.equal(told(result), expected);
    if (result?.type !== 'fault') assert.equal(rest, BEHIND);
  });
}

/** A result in one word, or two. */
function told(result: Result): string {
  if (result?.type === 'fault') return result.reason;
  if (result?.type !== 'proxied') return result?.type ?? 'more';
  const { source, destination } = result;
  return `${source.address}:${source.port} ${destination.address}:${destination.port}`;
}

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const ADDRESSES = '\xc0\0\x02\x01\xc6\x33\x64\x02\xdd\xd5\0\x19';
const START = `${SIGNATURE}\x21\x11\0`;
const headers: [name: string, header: string, expected: string][] = [
  ['IPv4', `${START}\x0c${ADDRESSES}`, '192.0.2.1:56789 198.51.100.2:25'],
  [
    'IPv6',
    `${SIGNATURE}\x21\x21\0\x24\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01${'\0'.repeat(15)}\x01\xdd\xd5\0\x19`,
    '2001:db8::1:56789 ::1:25',
  ],
  [
    'fields behind',
    `${START}\x13${ADDRESSES}\x04\0\0\x02\0\x01a`,
    '192.0.2.1:56789 198.51.100.2:25',
  ],
  ['the longest that is allowed', `${SIGNATURE}\x20\0\x0f\xf0${'\0'.repeat(4080)}`, 'local'],
  ['local', `${SIGNATURE}\x20\0\0\0`, 'local'],
  ['local, with addresses and a family that is none', `${SIGNATURE}\x20\xff\0\x03abc`, 'local'],
  ['unspecified', `${SIGNATURE}\x21\0\0\0`, 'unknown'],
  ['unspecified, with something', `${SIGNATURE}\x21\0\0\x01x`, 'unknown'],
  ['UDP', `${SIGNATURE}\x21\x12\0\x0c${ADDRESSES}`, 'unknown'],
  ['IPv4 over something', `${SIGNATURE}\x21\x10\0\x0c${ADDRESSES}`, 'unknown'],
  ['Unix', `${SIGNATURE}\x21\x31\0\xd8${'/tmp'.repeat(54)}`, 'unknown'],
  ['another signature', `${SIGNATURE.slice(0, -1)}\r\x21\x11\0\x0c${ADDRESSES}`, 'signature'],
  ['TLS', '\x16\x03\x01', 'signature'],
  ['version 1', `${SIGNATURE}\x11\x11\0\x0c${ADDRESSES}`, 'version'],
  ['version 3', `${SIGNATURE}\x31\x11\0\x0c${ADDRESSES}`, 'version'],
  ['an unknown command', `${SIGNATURE}\x22\x11\0\x0c${ADDRESSES}`, 'command'],
  ['an unknown family', `${SIGNATURE}\x21\x41\0\x0c${ADDRESSES}`, 'family'],
  ['an unknown protocol', `${SIGNATURE}\x21\x13\0\x0c${ADDRESSES}`, 'family'],
  ['one octet over the limit', `${SIGNATURE}\x20\0\x0f\xf1`, 'tooLong'],
  ['a length too small for IPv4', `${START}\x0b${ADDRESSES}`, 'length'],
  ['a length too small for IPv6', `${SIGNATURE}\x21\x21\0\x23`, 'length'],
  ['a length too small for Unix', `${SIGNATURE}\x21\x31\0\xd7`, 'length'],
  ['a field without its length', `${START}\x0e${ADDRESSES}\x04\0`, 'tlv'],
  ['a field longer than what is there', `${START}\x0f${ADDRESSES}\x04\0\x01`, 'tlv'],
  ['a field with a huge length', `${START}\x10${ADDRESSES}\x04\xff\xffa`, 'tlv'],
  ['a checksum of three octets', `${START}\x12${ADDRESSES}\x03\0\x03abc`, 'tlv'],
  ['a checksum that is wrong', `${START}\x13${ADDRESSES}\x03\0\x04abcd`, 'checksum'],
  ['half a header', `${START}\x0c${ADDRESSES.slice(1)}`, 'more'],
];
for (const [name, header, expected] of headers) {
  test(`PROXY v2: ${name}, cut at every place`, () => {
    const behind = expected === 'more' ? '' : BEHIND;
    const { result, rest } = readEveryWay(latin1Bytes(header + behind));
    assert.equal(told(result), expected);
    if (result && result.type !== 'fault') assert.equal(rest, BEHIND);
  });
}

test('PROXY v2: the limit is an option, and what is over it is known from the start', () => {
  const header = latin1Bytes(`${START}\x0c${ADDRESSES}`);
  assert.equal(told(readEveryWay(header, header.length).result), '192.0.2.1:56789 198.51.100.2:25');
  assert.equal(told(readEveryWay(header.subarray(0, 16), header.length - 1).result), 'tooLong');
});

test('PROXY v2: fields come in their order, as copies', () => {
  const bytes = latin1Bytes(`${START}\x13${ADDRESSES}\x04\0\0\x02\0\x01a`);
  const { result } = read([bytes]);
  bytes.fill(0);
  assert.ok(result?.type === 'proxied');
  assert.deepEqual(result.tlvs, [
    { type: 4, value: new Uint8Array(0) },
    { type: 2, value: Uint8Array.of(0x61) },
  ]);
});

/** A header with a right checksum between these fields. */
function sum(before: string, behind: string): string {
  const rest = `${ADDRESSES}${before}\x03\0\x04\0\0\0\0${behind}`;
  const bytes = latin1Bytes(`${START}${String.fromCharCode(rest.length)}${rest}`);
  new DataView(bytes.buffer).setUint32(16 + 12 + before.length + 3, crc32c(bytes));
  return latin1(bytes);
}

test('PROXY v2: the checksum is CRC32c over the whole header, wherever it stands, and only one may be', () => {
  // The check value of CRC-32C.
  assert.equal(crc32c(latin1Bytes('123456789')), 0xe3069283);
  for (const header of [sum('', ''), sum('\x04\0\x02ab', ''), sum('', '\x04\0\x02ab')]) {
    assert.equal(told(readEveryWay(latin1Bytes(header)).result), '192.0.2.1:56789 198.51.100.2:25');
    for (let at = 16; at < header.length; at++) {
      // Of another type it is no checksum.
      if (header[at] === '\x03') continue;
      const broken = latin1Bytes(header);
      broken[at]! ^= 0x10;
      assert.equal(read([broken]).result?.type, 'fault', `octet ${at}`);
    }
  }
  assert.equal(told(read([latin1Bytes(sum('\x03\0\x04\0\0\0\0', ''))]).result), 'tlv');
});

test('PROXY: a chunk that is a Buffer is left as it was, and nothing of it is kept', () => {
  const bytes = Buffer.from(sum('\x02\0\x01a', ''), 'latin1');
  const reader = new ProxyReader();
  const begin = Buffer.from(bytes.subarray(0, 20));
  assert.equal(reader.read(begin), null);
  begin.fill(0);
  const rest = Buffer.from(bytes.subarray(20));
  const result = reader.read(rest);
  assert.deepEqual(rest, bytes.subarray(20));
  rest.fill(0);
  assert.ok(result?.type === 'proxied');
  assert.deepEqual(result.tlvs, [{ type: 2, value: Uint8Array.of(0x61) }]);
});

test('PROXY: nothing is read after a result', () => {
  const reader = new ProxyReader();
  assert.deepEqual(reader.rest(), new Uint8Array(0));
  reader.read(latin1Bytes('PROXY UNKNOWN\r\n'));
  assert.throws(() => reader.read(latin1Bytes('x')), StateError);
});

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatIp);
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: 16, maxLength: 16 })
  .map((octets) => formatIp(Uint8Array.from(octets)));
const port = fc.nat(65_535);
const tlv = fc
  .record({ type: fc.nat(255), value: fc.uint8Array({ maxLength: 9 }) })
  .filter(({ type }) => type !== 3)
  .map(({ type, value }) => ({ type, value }));
const proxied = fc
  .record({
    ip: fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6)),
    ports: fc.tuple(port, port),
    version: fc.constantFrom<1 | 2>(1, 2),
    fields: fc.array(tlv, { maxLength: 3 }),
  })
  .map(({ ip, ports, version, fields }): ProxyHeader => ({
    type: 'proxied',
    version,
    source: { address: ip[0], port: ports[0] },
    destination: { address: ip[1], port: ports[1] },
    tlvs: version === 2 ? fields : [],
  }));
const header = fc.oneof(
  { arbitrary: proxied, weight: 5 },
  fc.constantFrom<ProxyHeader>(
    { type: 'local', version: 2 },
    { type: 'unknown', version: 1 },
    { type: 'unknown', version: 2 },
  ),
);
test('PROXY: what is written is read, with what follows left alone', () => {
  fc.assert(
    fc.property(
      header,
      fc.boolean(),
      fc.uint8Array({ maxLength: 20 }),
      (value, checksum, behind) => {
        const bytes = formatProxyHeader(value, { checksum });
        const { result, rest } = read([bytes, behind]);
        assert.deepEqual(result, value);
        assert.equal(rest, latin1(behind));
        assert.deepEqual(read([bytes.subarray(0, -1)]).result, null);
      },
    ),
  );
});

test('PROXY: octets of any kind give a result or ask for more, the same however they are cut', () => {
  const piece = fc.oneof(
    fc.constantFrom('PROXY ', 'TCP4 ', 'UNKNOWN', '192.0.2.1 ', '::1 ', '25', '\r\n', '\r', '\n'),
    fc.constantFrom(SIGNATURE, START, `${START}\x0c`, ADDRESSES, '\x03\0\x04'),
    fc.string({ unit: fc.nat(255).map((octet) => String.fromCharCode(octet)), maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      readEveryWay(latin1Bytes(pieces.join('')));
    }),
  );
});

const unwritable: [name: string, header: ProxyHeader][] = [
  ['a name', proxiedFrom('localhost', 1)],
  ['two families', proxiedFrom('::1', 1)],
  ['a port too high', proxiedFrom('192.0.2.1', 65_536)],
  ['half a port', proxiedFrom('192.0.2.1', 0.5)],
  ['a line break', proxiedFrom('192.0.2.1\r\nEHLO', 1)],
  [
    'fields in version 1',
    { ...proxiedFrom('192.0.2.1', 1), tlvs: [{ type: 4, value: new Uint8Array(0) }] },
  ],
  [
    'a checksum of its own',
    { ...proxiedFrom('192.0.2.1', 1), version: 2, tlvs: [{ type: 3, value: new Uint8Array(4) }] },
  ],
  [
    'a type that is no octet',
    { ...proxiedFrom('192.0.2.1', 1), version: 2, tlvs: [{ type: 256, value: new Uint8Array(4) }] },
  ],
  [
    'too much',
    {
      ...proxiedFrom('192.0.2.1', 1),
      version: 2,
      tlvs: [{ type: 4, value: new Uint8Array(65_536) }],
    },
  ],
];
function proxiedFrom(address: string, from: number): Extract<ProxyHeader, { type: 'proxied' }> {
  const source = { address, port: from };
  const destination = { address: '192.0.2.2', port: 25 };
  return { type: 'proxied', version: 1, source, destination, tlvs: [] };
}
for (const [name, value] of unwritable) {
  test(`PROXY: a header with ${name} is not written`, () => {
    assert.throws(() => formatProxyHeader(value), TypeError);
  });
}
