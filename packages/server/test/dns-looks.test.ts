/** What `postino check` says of the DNS: good, doubtful or bad, each with what to do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { formatKeyRecord, generateKey, signingKey } from '@postino/dkim';
import { zone, type Zone } from '@postino/dns';
import { selfSigned } from '@postino/node';
import { dnsLooks } from '../src/diagnosis/dns-looks.ts';
import type { HttpsOptions } from '../src/diagnosis/fetch-sts-policy.ts';
import { findingsOf, type Finding, type Verdict } from '../src/diagnosis/finding.ts';
import { namesHost, parseStsPolicy } from '../src/diagnosis/sts-policy.ts';

const IP = '192.0.2.25';
const BACK = '25.2.0.192.in-addr.arpa';
const KEY = 'dkim._domainkey.mail.poul.org';
const { privateKey } = await generateKey({ algorithm: 'ed25519' });
const record = formatKeyRecord(signingKey(privateKey));
const other = (await generateKey({ algorithm: 'ed25519' })).record;
const FACTS = {
  hostname: 'mail.poul.org',
  domains: ['mail.poul.org'],
  addresses: [IP],
  dkim: { domain: 'mail.poul.org', selector: 'dkim', record },
};

/** All is well. */
const WELL: Zone = {
  'mail.poul.org': { A: [IP], MX: [[10, 'mail.poul.org']], TXT: ['v=spf1 a -all'] },
  [BACK]: { PTR: ['mail.poul.org'] },
  [KEY]: { TXT: [record] },
  '_dmarc.mail.poul.org': { TXT: ['v=DMARC1; p=reject'] },
  '_mta-sts.mail.poul.org': { TXT: ['v=STSv1; id=1'] },
  'mta-sts.mail.poul.org': { A: ['127.0.0.1'] },
  '_smtp._tls.mail.poul.org': { TXT: ['v=TLSRPTv1; rua=mailto:a@poul.org'] },
};

function says(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
const ENFORCED = says('version: STSv1', 'mode: enforce', 'mx: mail.poul.org', 'max_age: 604800');

interface Web {
  readonly status?: number;
  readonly type?: string;
  readonly text?: string;
}

/** A web server for `mta-sts.mail.poul.org`, which is trusted. */
async function web(
  context: TestContext,
  { status = 200, type = 'text/plain', text = ENFORCED }: Web = {},
): Promise<Required<HttpsOptions>> {
  const { certificate, key } = selfSigned(['mta-sts.mail.poul.org']);
  const server = createServer({ cert: certificate, key }, ({ url }, response) => {
    const found = url === '/.well-known/mta-sts.txt';
    const headers = { 'Content-Type': type, Location: '/.well-known/mta-sts.txt' };
    response.writeHead(found ? status : 404, headers).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { port, ca: certificate };
}

async function found(
  world: Zone,
  https: HttpsOptions = {},
  facts: Parameters<typeof dnsLooks>[0] = FACTS,
): Promise<Finding[]> {
  const looks = dnsLooks(facts, { resolver: zone(world), lists: ['zen.test'], https });
  return (await Promise.all(looks.map(findingsOf))).flat();
}

test('all is well: each thing is looked at, and good', async (context) => {
  const findings = await found(WELL, await web(context));
  assert.deepEqual(
    findings.map(({ what, verdict }) => `${verdict} ${what}`),
    [
      'good address of mail.poul.org',
      'good MX of mail.poul.org',
      'good DMARC of mail.poul.org',
      'good MTA-STS of mail.poul.org',
      'good TLS-RPT of mail.poul.org',
      `good DKIM ${KEY}`,
      `good PTR of ${IP}`,
      `good SPF of mail.poul.org for ${IP}`,
      `good ${IP} in zen.test`,
    ],
  );
});

type Case = readonly [what: string, change: Zone, verdict: Verdict, says: RegExp];

const host = WELL['mail.poul.org'];
const TIMEOUT = { fail: 'ETIMEOUT' } as const;
const CASES: readonly Case[] = [
  ['address', { 'mail.poul.org': { ...host, A: [] } }, 'bad', /neither A nor AAAA/],
  [
    'address',
    { 'mail.poul.org': { ...host, A: ['192.0.2.9'] } },
    'bad',
    /192\.0\.2\.9, not 192\.0\.2\.25/,
  ],
  ['address', { 'mail.poul.org': TIMEOUT }, 'doubtful', /could not be found out/],
  ['MX', { 'mail.poul.org': { ...host, MX: [] } }, 'good', /its address serves/],
  [
    'MX',
    { 'mail.poul.org': { ...host, MX: [[5, 'mx.other.org']] } },
    'bad',
    /mx\.other\.org, and not/,
  ],
  [
    'MX',
    {
      'mail.poul.org': {
        ...host,
        MX: [
          [5, 'mx.other.org'],
          [9, 'Mail.poul.org'],
        ],
      },
    },
    'doubtful',
    /mx\.other\.org, mail/,
  ],
  ['DMARC', { '_dmarc.mail.poul.org': {} }, 'doubtful', /there is no record/],
  [
    'DMARC',
    { '_dmarc.mail.poul.org': {}, '_dmarc.poul.org': { TXT: ['v=DMARC1; p=none; sp=reject'] } },
    'good',
    /^reject, by the record of poul\.org$/,
  ],
  [
    'DMARC',
    { '_dmarc.mail.poul.org': {}, '_dmarc.poul.org': { TXT: ['v=DMARC1; p=none'] } },
    'doubtful',
    /^none, by the record of poul\.org$/,
  ],
  [
    'DMARC',
    { '_dmarc.mail.poul.org': {}, '_dmarc.org': { TXT: ['v=DMARC1; p=reject'] } },
    'doubtful',
    /there is no record/,
  ],
  [
    'DMARC',
    { '_dmarc.mail.poul.org': { TXT: ['v=DMARC1; p=none; sp=reject'] } },
    'doubtful',
    /^p=none$/,
  ],
  ['DMARC', { '_dmarc.mail.poul.org': { TXT: ['v=DMARC1; p=never'] } }, 'bad', /cannot be used/],
  [
    'DMARC',
    { '_dmarc.mail.poul.org': { TXT: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] } },
    'bad',
    /several/,
  ],
  ['DMARC', { '_dmarc.mail.poul.org': TIMEOUT }, 'doubtful', /could not be found out/],
  [
    'MTA-STS',
    { '_mta-sts.mail.poul.org': { TXT: ['v=STSv10; id=1', 'else'] } },
    'doubtful',
    /there is no record/,
  ],
  [
    'MTA-STS',
    { '_mta-sts.mail.poul.org': { TXT: ['v=STSv1; id=1', 'v=STSv1; id=2'] } },
    'bad',
    /several/,
  ],
  ['MTA-STS', { '_mta-sts.mail.poul.org': { TXT: ['v=STSv1; id=!'] } }, 'bad', /has no id/],
  [
    'MTA-STS',
    { 'mta-sts.mail.poul.org': {} },
    'bad',
    /no policy: the DNS has no address of mta-sts\.mail/,
  ],
  [
    'MTA-STS',
    {
      'mail.poul.org': {
        ...host,
        MX: [
          [5, 'mail.poul.org'],
          [9, 'mx.other.org'],
        ],
      },
    },
    'bad',
    /does not name mx\.other\.org/,
  ],
  ['TLS-RPT', { '_smtp._tls.mail.poul.org': {} }, 'doubtful', /there is no record/],
  [
    'TLS-RPT',
    { '_smtp._tls.mail.poul.org': { TXT: ['v=TLSRPTv1; rua=ftp://x'] } },
    'bad',
    /does not say where/,
  ],
  [
    'TLS-RPT',
    { '_smtp._tls.mail.poul.org': { TXT: Array(2).fill('v=TLSRPTv1; rua=mailto:a@b') } },
    'bad',
    /several/,
  ],
  ['DKIM', { [KEY]: {} }, 'bad', /there is no record/],
  ['DKIM', { [KEY]: { TXT: [other] } }, 'bad', /of another key/],
  ['DKIM', { [KEY]: { TXT: [record, other] } }, 'bad', /several/],
  ['DKIM', { [KEY]: { TXT: ['v=DKIM1; k=ed25519; p='] } }, 'bad', /revoked/],
  [
    'DKIM',
    { [KEY]: { TXT: [record.replace('v=DKIM1;', 'v=DKIM1; t=y;')] } },
    'doubtful',
    /testing/,
  ],
  ['PTR', { [BACK]: {} }, 'bad', /there is none/],
  ['PTR', { [BACK]: { PTR: ['elsewhere.org'] } }, 'bad', /does not lead back/],
  [
    'PTR',
    { [BACK]: { PTR: ['host.isp.org'] }, 'host.isp.org': { A: [IP] } },
    'doubtful',
    /^host\.isp\.org, and back$/,
  ],
  ['PTR', { [BACK]: TIMEOUT }, 'doubtful', /no answer/],
  ['SPF', { 'mail.poul.org': { ...host, TXT: ['v=spf1 -all'] } }, 'bad', /^fail: /],
  ['SPF', { 'mail.poul.org': { ...host, TXT: ['v=spf1 ?all'] } }, 'doubtful', /^neutral: /],
  ['SPF', { 'mail.poul.org': { ...host, TXT: [] } }, 'doubtful', /^none/],
  [
    IP,
    { '25.2.0.192.zen.test': { A: ['127.0.0.2'], TXT: ['see x'] } },
    'bad',
    /^listed: 127\.0\.0\.2 see x$/,
  ],
  [IP, { '25.2.0.192.zen.test': TIMEOUT }, 'doubtful', /^not known: /],
];

for (const [what, change, verdict, text] of CASES)
  test(`${what}: ${verdict}, ${text.source}`, async (context) => {
    const findings = await found({ ...WELL, ...change }, await web(context));
    const finding = findings.find((one) => one.what.startsWith(what));
    assert.equal(finding?.verdict, verdict, finding?.text);
    assert.match(finding.text, text);
    assert.equal(finding.advice !== undefined, verdict !== 'good');
  });

const WEB: readonly (readonly [Web, Verdict, RegExp])[] = [
  [{ text: ENFORCED.replace('enforce', 'testing') }, 'doubtful', /^mode: testing, /],
  [{ text: ENFORCED.replace('enforce', 'none') }, 'doubtful', /^mode: none, /],
  [{ text: ENFORCED.replace('604800', '60') }, 'doubtful', /^mode: enforce, for 60 seconds$/],
  [{ text: ENFORCED.replace('mail.', 'mx.') }, 'bad', /does not name mail\.poul\.org/],
  [{ text: '<html>' }, 'bad', /cannot be read/],
  [{ text: ENFORCED + 'x'.repeat(70_000) }, 'bad', /it is too long/],
  [{ type: 'text/html' }, 'bad', /it is text\/html, not text\/plain/],
  [{ status: 404 }, 'bad', /the web server answers 404/],
  [{ status: 301 }, 'bad', /the web server answers 301/],
];

for (const [wish, verdict, text] of WEB)
  test(`MTA-STS: ${verdict}, ${text.source}`, async (context) => {
    const findings = await found(WELL, await web(context, wish));
    const finding = findings.find(({ what }) => what.startsWith('MTA-STS'));
    assert.equal(finding?.verdict, verdict, finding?.text);
    assert.match(finding.text, text);
    assert.ok(finding.advice);
  });

test('MTA-STS: a web server that nobody trusts, and none at all', async (context) => {
  const { port } = await web(context);
  const untrusted = await found(WELL, { port });
  const closed = await found(WELL, { port: 1 });
  for (const findings of [untrusted, closed]) {
    const finding = findings.find(({ what }) => what.startsWith('MTA-STS'));
    assert.equal(finding?.verdict, 'bad');
    assert.match(finding.text, /^there is a record, but no policy: /);
  }
});

test('an address in IPv6 alone is doubtful, and DKIM without a key too', async () => {
  const six = '2001:db8::25';
  const findings = await found(
    { 'mail.poul.org': { AAAA: [six] } },
    {},
    {
      ...FACTS,
      addresses: [six],
      dkim: null,
    },
  );
  const doubts = findings.filter(({ verdict }) => verdict === 'doubtful');
  assert.deepEqual(doubts.map(({ what }) => what).slice(0, 1), ['address of mail.poul.org']);
  assert.ok(doubts.some(({ what }) => what === 'DKIM'));
});

test('policies of MTA-STS: what is one, and whom it names', () => {
  const policy = parseStsPolicy(
    'version: STSv1\nmode: testing\nmx: *.Poul.org\nx: y\nmx: a.b\nmax_age: 1\nmode: none\n',
  );
  assert.deepEqual(policy, { mode: 'testing', mx: ['*.poul.org', 'a.b'], maxAge: 1 });
  const named = ['mail.poul.org', 'poul.org', 'a.mail.poul.org', 'a.b', 'xpoul.org'];
  assert.deepEqual(
    named.map((name) => namesHost(policy, name)),
    [true, false, false, true, false],
  );
  for (const broken of [
    '',
    ENFORCED.replace('STSv1', 'STSv2'),
    ENFORCED.replace('enforce', 'maybe'),
    ENFORCED.replace('604800', 'long'),
    ENFORCED.replace(/mx:.*\r\n/, ''),
  ])
    assert.equal(parseStsPolicy(broken), null, broken);
});
