import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatReceivedSpf, type SpfResult } from '@postino/spf';

const result: SpfResult = {
  result: 'pass',
  domain: 'example.com',
  identity: 'mailfrom',
  mechanism: 'ip4:192.0.2.0/24',
  lookups: 0,
  voids: 0,
};
const options = {
  ip: '192.0.2.1',
  helo: 'foo.example.com',
  sender: 'myname@example.com',
  receiver: 'mybox.example.org',
};

describe('Received-SPF: RFC 7208 §9.1', () => {
  it('a pass', () => {
    assert.equal(
      formatReceivedSpf(result, options),
      [
        'Received-SPF: pass',
        '\t(mybox.example.org: domain of myname@example.com designates 192.0.2.1 as permitted sender)',
        '\tidentity=mailfrom;',
        '\tclient-ip=192.0.2.1;',
        '\thelo=foo.example.com;',
        '\tenvelope-from="myname@example.com";',
        '\treceiver=mybox.example.org;',
        '\tmechanism="ip4:192.0.2.0/24";',
        '',
      ].join('\r\n'),
    );
  });
  it('an error tells the problem, HELO is named for <>', () => {
    const error: SpfResult = {
      result: 'permerror',
      domain: 'foo.example.com',
      identity: 'helo',
      reason: 'bad term "x"',
      lookups: 1,
      voids: 0,
    };
    assert.equal(
      formatReceivedSpf(error, { ip: '2001:db8::1', helo: 'foo.example.com', sender: '' }),
      [
        'Received-SPF: permerror',
        '\t(the record for domain of postmaster@foo.example.com is in error)',
        '\tidentity=helo;',
        '\tclient-ip="2001:db8::1";',
        '\thelo=foo.example.com;',
        '\tenvelope-from="";',
        '\tmechanism=default;',
        '\tproblem="bad term \\"x\\"";',
        '',
      ].join('\r\n'),
    );
  });
  it('hostile 43: nothing that a stranger wrote ends a line, a comment or a string', () => {
    const codes = [
      'none',
      'neutral',
      'pass',
      'fail',
      'softfail',
      'temperror',
      'permerror',
    ] as const;
    const evil = fc.string({
      unit: fc.constantFrom(
        '"',
        '\\',
        '(',
        ')',
        '\r',
        '\n',
        '\0',
        '\u00e9',
        ';',
        'a',
        ' ',
        '@',
        '.',
      ),
      maxLength: 50,
    });
    fc.assert(
      fc.property(fc.constantFrom(...codes), evil, evil, evil, (code, sender, helo, reason) => {
        const field = formatReceivedSpf(
          { ...result, result: code, mechanism: reason, reason, domain: helo },
          { ...options, sender, helo },
        );
        const value = field.slice('Received-SPF: '.length, -2).replaceAll('\r\n\t', ' ');
        assert.match(value, /^[ -~]*$/);
        assert.match(
          value,
          /^[a-z]+ \((?:[^()\\]|\\.)*\)(?: [a-z-]+=(?:"(?:[^"\\]|\\.)*"|[^\s"\\();]+);)+$/,
        );
      }),
    );
  });
  it('no line is longer than RFC 5322 §2.1.1 allows', () => {
    const long = '("'.repeat(5000);
    const field = formatReceivedSpf(
      { ...result, mechanism: long },
      { ...options, helo: long, sender: long, receiver: long },
    );
    assert.ok(field.split('\r\n').every((line) => line.length <= 998));
  });
});
