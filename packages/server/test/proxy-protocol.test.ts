import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { checkConfig } from '@postino/server';
import { formatProxyHeader, latin1 } from '@postino/wire';
import { settings, startSite, Talk, type Site, type Wishes } from './site.ts';

const HEADER = latin1(
  formatProxyHeader({
    type: 'proxied',
    version: 1,
    source: { address: '192.0.2.7', port: 4711 },
    destination: { address: '198.51.100.25', port: 2525 },
    tlvs: [],
  }),
);

/** A site, and a client that says a header to it first. */
async function proxied(
  context: TestContext,
  section: 'smtp' | 'submission' | 'pop3',
  from: string,
): Promise<{ site: Site; talk: Talk }> {
  const listen = section === 'submission' ? { listen: ['127.0.0.1:0'] } : {};
  const wishes: Wishes = { [section]: { proxy_protocol_from: [from], ...listen } };
  const site = await startSite(context, wishes);
  const talk = await Talk.open(site.addresses[section][0]!.port, HEADER);
  context.after(() => talk.destroy());
  return { site, talk };
}

const GREETINGS = { smtp: /^220 poul\.org/, submission: /^220 poul\.org/, pop3: /^\+OK/ };
for (const section of ['smtp', 'submission', 'pop3'] as const) {
  test(`${section}.proxy_protocol_from: the session is of whom the proxy says`, async (context) => {
    const { site, talk } = await proxied(context, section, '127.0.0.0/8');
    assert.match(talk.greeting, GREETINGS[section]);
    const begun = site.log.find(({ msg }) => msg === 'connected');
    assert.equal(begun?.['peer'], '192.0.2.7');
    assert.equal(begun?.['port'], 2525);
  });
}

test('smtp.proxy_protocol_from: Received names who is behind the proxy', async (context) => {
  const { site, talk } = await proxied(context, 'smtp', '127.0.0.1');
  assert.match(await talk.send(['ale@poul.org'], 'Subject: hi\r\n\r\nHi.'), /^250 /);
  assert.match(site.mailbox('ale')[0]!, /^Received: from \[192\.0\.2\.7\] /m);
});

test('proxy_protocol_from: the header of somebody else is not believed', async (context) => {
  const { site, talk } = await proxied(context, 'smtp', '10.0.0.0/8');
  assert.match(talk.greeting, /^5\d\d |^220 /);
  const begun = site.log.find(({ msg }) => msg === 'connected');
  assert.equal(begun?.['peer'], '127.0.0.1');
});

test('proxy_protocol_from: what is no network is told', () => {
  assert.throws(
    () => checkConfig(settings({ pop3: { proxy_protocol_from: ['10.0.0.1/8'] } }), { folder: '/' }),
    /pop3\.proxy_protocol_from.*no IP address or network/s,
  );
});
