import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zone } from '@postino/dns';
import { checkHost, formatLookup, type SpfQuery, type SpfResult } from '@postino/spf';

const dns = zone({
  'example.com': {
    TXT: [
      'unrelated',
      ['v=spf1 ip4:192.0.2.0', '/28 mx', ' include:net.example.net -all exp=why.%{d}'],
    ],
    MX: [
      [10, 'mail-a.example.com'],
      [20, 'mail-b.example.com'],
    ],
  },
  'mail-a.example.com': { A: ['192.0.2.129'], AAAA: ['2001:db8::129'] },
  'mail-b.example.com': { A: ['192.0.2.130'] },
  'net.example.net': {
    TXT: ['v=spf1 ip6:2001:db8:5::/48 ~a:mail-b.example.com -all exp=why.example.net'],
  },
  'why.example.com': { TXT: [['%{i} is not one of ', '%{d} (%{s}, %{h}, %{r}, %{t})']] },
  'softly.example.org': { TXT: ['V=SPF1 MX:example.com ~ALL'] },
  'open.example.org': { TXT: ['v=spf1 a:mail-a.example.com'] },
  'plain.example.org': { A: ['192.0.2.9'] },
  'two.example.org': { TXT: ['v=spf1 -all', 'v=spf1 +all'] },
  'moved.example.org': { TXT: ['v=spf1 redirect=%{o2}.example.com exp=none.example.org'] },
  'away.example.org': {
    TXT: ['v=spf1 ?ip4:198.51.100.1 redirect=example.com exp=none.example.org'],
  },
  'lost.example.org': { TXT: ['v=spf1 redirect=plain.example.org'] },
  'user.example.org': { TXT: ['v=spf1 exists:%{L}.%{v}.by.%{o2r} -all'] },
  'bob.in-addr.by.example.user': { A: ['127.0.0.2'] },
  'ptr.example.org': { TXT: ['v=spf1 ptr ptr:example.net exists:%{p}.seen.example.org -all'] },
  '7.2.0.192.in-addr.arpa': { PTR: ['liar.example.org', 'Host.Ptr.Example.org'] },
  '8.2.0.192.in-addr.arpa': { PTR: ['liar.example.org', 'other.example.com'] },
  'host.ptr.example.org': { A: ['192.0.2.7'] },
  'other.example.com': { A: ['192.0.2.8'] },
  'liar.example.org': { A: ['203.0.113.1'] },
  'other.example.com.seen.example.org': { A: ['127.0.0.2'] },
  'down.example.org': { fail: 'ETIMEOUT' },
  'leaning.example.org': { TXT: ['v=spf1 a:down.example.org -all'] },
  'one-ptr.example.org': { TXT: ['v=spf1 ptr -all'] },
  'dead-ptr.example.org': { TXT: ['v=spf1 ptr ~all'] },
  '9.2.0.192.in-addr.arpa': { fail: 'ESERVFAIL' },
  'typo.example.org': { TXT: ['v=spf1 ip4:192.0.2.1 ipv4:192.0.2.2 -all'] },
  'mute.example.org': { TXT: ['v=spf1 -all exp=two.example.org'] },
});

function check(changes: Partial<SpfQuery>): Promise<SpfResult> {
  return checkHost({
    ip: '203.0.113.9',
    helo: 'mail.example.net',
    sender: 'bob@example.com',
    resolver: dns,
    ...changes,
  });
}

describe('results', () => {
  const table: [string, Partial<SpfQuery>, string, string?][] = [
    ['ip4', { ip: '192.0.2.15' }, 'pass', 'ip4:192.0.2.0/28'],
    ['hostile 75: ip4 of a mapped client', { ip: '::ffff:192.0.2.15' }, 'pass', 'ip4:192.0.2.0/28'],
    ['mx', { ip: '192.0.2.130' }, 'pass', 'mx'],
    ['mx over IPv6', { ip: '2001:db8::129' }, 'pass', 'mx'],
    ['include and ip6', { ip: '2001:db8:5:1::1' }, 'pass', 'include:net.example.net'],
    ['include that does not pass', {}, 'fail', '-all'],
    ['hostile 74: mixed case', { ip: '192.0.2.129', sender: 'a@Softly.Example.ORG' }, 'pass', 'MX:example.com'],
    ['softfail', { sender: 'a@softly.example.org' }, 'softfail', '~ALL'],
    ['the end of a record is neutral', { sender: 'a@open.example.org' }, 'neutral'],
    ['no record', { sender: 'a@plain.example.org' }, 'none'],
    ['no such name', { sender: 'a@nowhere.example.org' }, 'none'],
    ['hostile 74: two records', { sender: 'a@two.example.org' }, 'permerror'],
    ['redirect', { ip: '192.0.2.15', sender: 'a@away.example.org' }, 'pass', 'ip4:192.0.2.0/28'],
    ['a mechanism before redirect', { ip: '198.51.100.1', sender: 'a@away.example.org' }, 'neutral', '?ip4:198.51.100.1'],
    ['redirect to a domain without a record', { sender: 'a@lost.example.org' }, 'permerror'],
    ['redirect to no such name', { sender: 'a@moved.example.org' }, 'permerror'],
    ['exists with macros', { sender: 'bob@user.example.org' }, 'pass'],
    ['exists without an answer', { sender: 'eve@user.example.org' }, 'fail', '-all'],
    ['exists asks for A over IPv6 too', { ip: '::1', sender: 'bob@user.example.org' }, 'fail'],
    ['ptr', { ip: '192.0.2.7', sender: 'a@ptr.example.org' }, 'pass', 'ptr'],
    ['p, with any validated name', { ip: '192.0.2.8', sender: 'a@ptr.example.org' }, 'pass', 'exists:%{p}.seen.example.org'],
    ['ptr without reverse names', { sender: 'a@one-ptr.example.org' }, 'fail', '-all'],
    ['trouble with PTR is no match', { ip: '192.0.2.9', sender: 'a@dead-ptr.example.org' }, 'softfail'],
    ['trouble with the record', { sender: 'a@down.example.org' }, 'temperror'],
    ['trouble with a mechanism', { sender: 'a@leaning.example.org' }, 'temperror'],
    ['a typo anywhere, even behind a match', { ip: '192.0.2.1', sender: 'a@typo.example.org' }, 'permerror'],
  ]; // prettier-ignore
  for (const [title, query, result, mechanism] of table) {
    it(title, async () => {
      const got = await check(query);
      assert.equal(got.result, result, got.reason);
      if (mechanism !== undefined) assert.equal(got.mechanism, mechanism);
    });
  }
});

describe('identities: RFC 7208 §2.3, §2.4, §4.3', () => {
  const table: [string, Partial<SpfQuery>, string, string, string][] = [
    ['hostile 75: <> checks HELO', { sender: '', helo: 'example.com', ip: '192.0.2.1' }, 'pass', 'helo', 'example.com'],
    ['hostile 75: HELO is an address literal', { sender: '', helo: '[192.0.2.1]' }, 'none', 'helo', '[192.0.2.1]'],
    ['hostile 75: HELO is an IPv6 literal', { sender: '', helo: '[IPv6:2001:db8::1.2]' }, 'none', 'helo', '[IPv6:2001:db8::1.2]'],
    ['HELO has one label', { sender: '', helo: 'localhost' }, 'none', 'helo', 'localhost'],
    ['HELO is empty', { sender: '', helo: '' }, 'none', 'helo', ''],
    ['hostile 75: quotes, a space, % and @ in the local-part', { sender: '"a b%@c"@example.com', ip: '192.0.2.1' }, 'pass', 'mailfrom', 'example.com'],
    ['no local-part', { sender: '@example.com', ip: '192.0.2.1' }, 'pass', 'mailfrom', 'example.com'],
    ['no domain', { sender: 'root@' }, 'none', 'mailfrom', ''],
    ['an empty label', { sender: 'a@example..com' }, 'none', 'mailfrom', 'example..com'],
    ['a label of 64 octets', { sender: `a@${'x'.repeat(64)}.com` }, 'none', 'mailfrom', `${'x'.repeat(64)}.com`],
    ['a dot at the end', { sender: 'a@example.com.', ip: '192.0.2.1' }, 'pass', 'mailfrom', 'example.com.'],
    ['one label and a dot', { sender: 'a@com.' }, 'none', 'mailfrom', 'com.'],
    ['not in A-labels', { sender: 'a@b\u00fccher.example' }, 'none', 'mailfrom', 'b\u00fccher.example'],
  ]; // prettier-ignore
  for (const [title, query, result, identity, domain] of table) {
    it(title, async () => {
      const got = await check(query);
      assert.deepEqual([got.result, got.identity, got.domain], [result, identity, domain]);
    });
  }

  it('an address that is none is our own fault', () => {
    assert.throws(() => check({ ip: '192.0.2' }), TypeError);
    assert.throws(() => check({ ip: '' }), TypeError);
  });
});

describe('explanations: RFC 7208 §6.2', () => {
  const clock = { receiver: 'mx.example.org', now: () => 1_700_000_000_000 };

  it('come from the record that failed, filled in', async () => {
    assert.equal(
      (await check(clock)).explanation,
      '203.0.113.9 is not one of example.com (bob@example.com, mail.example.net, mx.example.org, 1700000000)',
    );
  });
  it('are left out when they tell the time and there is no clock', async () => {
    assert.equal((await check({})).explanation, undefined);
  });
  it('come from where redirect leads', async () => {
    assert.match(
      (await check({ ...clock, sender: 'a@away.example.org' })).explanation ?? '',
      /example\.com/,
    );
  });
  it('are left out when there are two', async () => {
    const got = await check({ sender: 'a@mute.example.org' });
    assert.deepEqual([got.result, got.explanation], ['fail', undefined]);
  });
  it('are ASCII, or none', async () => {
    assert.equal((await check({ ...clock, sender: '\u00e9@example.com' })).explanation, undefined);
  });
  it('are cut', async () => {
    const got = await check({ ...clock, limits: { explanation: 11 } });
    assert.equal(got.explanation, '203.0.113.9');
  });
  it('do not come with anything but fail', async () => {
    assert.equal((await check({ ...clock, ip: '192.0.2.1' })).explanation, undefined);
  });
});

describe('the trace', () => {
  it('tells every question, who asked it, and the answer', async () => {
    const lines: string[] = [];
    await check({
      sender: 'a@leaning.example.org',
      trace: (lookup) => lines.push(formatLookup(lookup)),
    });
    await check({ ip: '192.0.2.130', trace: (lookup) => lines.push(formatLookup(lookup)) });
    assert.deepEqual(lines, [
      'TXT leaning.example.org: v=spf1 a:down.example.org -all',
      'a:down.example.org: A down.example.org: queryA ETIMEOUT down.example.org',
      'TXT example.com: unrelated, v=spf1 ip4:192.0.2.0/28 mx include:net.example.net -all exp=why.%{d}',
      'mx: MX example.com: mail-a.example.com, mail-b.example.com',
      'mx: A mail-a.example.com: 192.0.2.129',
      'mx: A mail-b.example.com: 192.0.2.130',
    ]);
  });
  it('tells of answers without records', async () => {
    const lines: string[] = [];
    await check({
      sender: 'eve@user.example.org',
      trace: (lookup) => lines.push(formatLookup(lookup)),
    });
    assert.equal(lines[1], 'exists:%{L}.%{v}.by.%{o2r}: A eve.in-addr.by.example.user: nothing');
  });
});
