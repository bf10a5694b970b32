import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkConfig, loadConfig, parseConfig } from '../src/config/load-config.ts';
import { ConfigError } from '../src/config/config-error.ts';

const FILE = '/etc/postino/postino.toml';

function mistakes(toml: string): string[] {
  try {
    parseConfig(toml, { file: FILE });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split('\n').map((line) => line.replace(`${FILE}:`, ''));
  }
  return [];
}

const HOST = 'hostname = "poul.org"\n';

const TABLE: readonly (readonly [toml: string, ...says: RegExp[]])[] = [
  ['', /^ hostname: it is missing, and has no default$/],
  ['hostname = 5', /^1: hostname: 5 is a number, but must be text in quotes$/],
  [
    'hostname = "a b"',
    /^1: hostname: "a b" is no host name; write a domain name, as "mail\.example\.org"$/,
  ],
  ['hostname = "192.0.2.1"', /^1: hostname: "192\.0\.2\.1" is no host name/],
  [`${HOST}nonsense`, /^2: this is not TOML: /],
  [`${HOST}hostname = "x.org"`, /^2: this is not TOML: /],
  [
    `${HOST}locl_domains = []`,
    /^2: locl_domains: there is no such key; did you mean "local_domains"\?$/,
  ],
  [`${HOST}zzzzzz = 1`, /^2: zzzzzz: there is no such key; known here are hostname, local_domains/],
  [`${HOST}[smpt]\nlisten = []`, /^2: smpt: there is no such key; did you mean "smtp"\?$/],
  [
    `${HOST}[smtp]\nlisten = "0.0.0.0:25"`,
    /^3: smtp\.listen: .* must be a list, .*; write \["0\.0\.0\.0:25"\]$/,
  ],
  [
    `${HOST}[smtp]\nlisten = ["0.0.0.0"]`,
    /^3: smtp\.listen\.0: "0\.0\.0\.0" is no address to listen on; write .* as "0\.0\.0\.0:25"/,
  ],
  [`${HOST}[smtp]\nlisten = ["0.0.0.0:65536"]`, /^3: smtp\.listen\.0: .*a port up to 65535/],
  [
    `${HOST}[smtp]\nlisten = [\n "[::1]:25",\n "::1:25"]`,
    /^3: smtp\.listen\.1: "::1:25" is no address/,
  ],
  [`${HOST}[smtp]\nlisten = ["mail.poul.org:25"]`, /^3: smtp\.listen\.0: .*write an IP address/],
  [
    `${HOST}[smtp]\nmax_message_size = "50 apples"`,
    /^3: smtp\.max_message_size: "50 apples" is no size; write .* as "50MB"$/,
  ],
  [
    `${HOST}[smtp]\nmax_message_size = 50`,
    /^3: smtp\.max_message_size: 50 is a number, but must be text in quotes$/,
  ],
  [
    `${HOST}[smtp]\nallow_plaintext_auth = "true"`,
    /^3: .*: "true" is text, but must be true or false, without quotes$/,
  ],
  [
    `${HOST}[smtp]\ntls_listen = ["0.0.0.0:465"]`,
    /^3: smtp\.tls_listen: listening with TLS needs a certificate; give certificate = "…" in \[tls\]$/,
  ],
  [
    `${HOST}[pop3]\ntls_listen = ["0.0.0.0:995"]`,
    /^3: pop3\.tls_listen: listening with TLS needs a certificate/,
  ],
  [
    `${HOST}[pop3]\ngreeting = "a\\nb"`,
    /^3: pop3\.greeting: .* is no greeting; write one line of ASCII/,
  ],
  [`${HOST}[pop3]\ngreeting = "<1@x>"`, /^3: pop3\.greeting: .* is no greeting/],
  [`${HOST}[tls]\nkey = "k.pem"`, /^3: tls\.key: a key needs its certificate/],
  [`${HOST}[tls]\ncertficate = "k.pem"`, /^3: tls\.certficate: .* did you mean "certificate"\?$/],
  [
    `${HOST}tls = { certficate = "k.pem" }`,
    /^2: tls\.certficate: .* did you mean "certificate"\?$/,
  ],
  [`${HOST}tls.certficate = "k.pem"`, /^2: tls\.certficate: .* did you mean "certificate"\?$/],
  [`${HOST}tls = true`, /^2: tls: true is a boolean, but must be a section/],
  [`${HOST}[users]\npasswd = ""`, /^3: users\.passwd: "" is no path$/],
  [
    `${HOST}[maildir]\npath = "/var/mail/"`,
    /^3: maildir\.path: .* write "\{user\}" as one whole folder name/,
  ],
  [`${HOST}[maildir]\npath = "/var/mail/x{user}"`, /^3: maildir\.path: .* is no path of mailboxes/],
  [`${HOST}[maildir]\nquota = "much"`, /^3: maildir\.quota: "much" is no size; .* as "1GB"$/],
  [`${HOST}[maildir]\nuidl_format = "%m"`, /^3: maildir\.uidl_format: "%m" is no pop3_uidl_format/],
  [`${HOST}[maildir]\nmode = "rw"`, /^3: maildir\.mode: "rw" is no mode of a file; .* as "0660"$/],
  [
    `${HOST}run_as = "mail"`,
    /^2: run_as: "mail" is no user and group; write both, as "mail:mail"$/,
  ],
  [
    `${HOST}[aliases]\nsuffix_separators = ["ab"]`,
    /^3: aliases\.suffix_separators\.0: "ab" is no separator/,
  ],
  [
    `${HOST}[aliases]\npostmaster = "../x"`,
    /^3: aliases\.postmaster: "..\/x" is no name of a user/,
  ],
  [
    `${HOST}[domains."a b"]\npasswd = "p"`,
    /^2: domains\.a b: this is no domain; write its name, as \[domains\."example\.org"\]$/,
  ],
  [`${HOST}[domains."x.org"]\npaswd = "p"`, /^3: domains\.x\.org\.paswd: .* mean "passwd"\?$/],
  [`${HOST}[domains."POUL.org"]`, /^2: domains\.POUL\.org: poul\.org is listed twice; /],
  [
    `${HOST}[domains."x.org"]\n[domains."X.org"]\npasswd = "p"`,
    /^3: domains\.X\.org: x\.org is listed twice; a domain stands in local_domains or has one section$/,
  ],
  [
    `${HOST}[domains."x.org"]\nmaildir = "/m/{user}"`,
    /^3: domains\.x\.org\.maildir: mailboxes of its own need users of its own; give passwd/,
  ],
  [
    `${HOST}[domains."x.org"]\npasswd = "p"\nmaildir = "/m/{domain}"`,
    /^4: domains\.x\.org\.maildir: .* write "\{user\}" or "\{user\}@\{domain\}" as one whole folder/,
  ],
  [
    `${HOST}[domains."x.org"]\npasswd = "p"\nmaildir = "/var/mail/{user}"`,
    /^4: domains\.x\.org\.maildir: mailboxes would lie in those of the users of \[users\]; write \{domain\}/,
  ],
  [
    `${HOST}[domains."x.org"]\npasswd = "p"\nmaildir = "/m/{user}/x"\n[domains."y.org"]\npasswd = "q"\nmaildir = "/m/{user}"`,
    /^7: domains\.y\.org\.maildir: mailboxes would lie in those of x\.org; write \{domain\}/,
  ],
  [
    `${HOST}[domains."x.org"]\npostmaster = "../x"`,
    /^3: domains\.x\.org\.postmaster: .* is no name of a user, and no address/,
  ],
  [
    `${HOST}[maildir]\npath = "/m/{domain}/{user}"`,
    /^3: maildir\.path: .* is no path of mailboxes/,
  ],
  [`${HOST}[limits]\nerrors = 0`, /^3: limits\.errors: 0 is too small; the least is 1$/],
  [
    `${HOST}[limits]\nconnections = 1.5`,
    /^3: limits\.connections: 1\.5 is a number, but must be a whole number/,
  ],
  [`${HOST}[limits]\nline_time = "5 min"`, /^3: limits\.line_time: "5 min" is no time .* as "5m"$/],
  [
    `${HOST}[limits]\nline_time = "90d"`,
    /^3: limits\.line_time: "90d" is no time of at most 24 days/,
  ],
  [
    `${HOST}[log]\nlevel = "loud"`,
    /^3: log\.level: "loud" is not known here; write "trace", .* or "silent"$/,
  ],
  [`${HOST}[outbound]\nport = 70000`, /^3: outbound\.port: 70000 is too big; the most is 65535$/],
  [`${HOST}[outbound]\nsmarthost = "mail"`, /^3: outbound\.smarthost: .* is no host with a port/],
  [`${HOST}[outbound]\nretry = "often"`, /^3: outbound\.retry: "often" is no retry rule/],
  [`${HOST}[outbound]\ninterface = "eth0"`, /^3: outbound\.interface: "eth0" is no IP address$/],
  [
    `${HOST}[outbound]\nignore_target_hosts = ["10.0.0.0/33"]`,
    /^3: outbound\.ignore_target_hosts\.0: /,
  ],
  [
    `${HOST}[dkim]\ncanonicalization = "lax"`,
    /^3: dkim\.canonicalization: "lax" is not known here; write "relaxed" or "simple"$/,
  ],
  [
    `${HOST}[checks.dnsbl]\naction = "kill"`,
    /^3: checks\.dnsbl\.action: .* write "warn", "defer", "reject" or "off"$/,
  ],
  [
    `${HOST}[checks.dnsbl]\nzones = ["zen="]`,
    /^3: checks\.dnsbl\.zones\.0: "zen=" is no black list/,
  ],
  [
    `${HOST}[checks.spf]\ntimeout = 20`,
    /^3: checks\.spf\.timeout: 20 is a number, but must be text in quotes$/,
  ],
  [
    `${HOST}[checks.rdns]\ntimeout = "soon"`,
    /^3: checks\.rdns\.timeout: "soon" is no time .* as "5m"$/,
  ],
  [
    `${HOST}[checks.dnsbl]\nreceived_spf = true`,
    /^3: checks\.dnsbl\.received_spf: there is no such key; /,
  ],
  [`${HOST}[checks.dnsb]\naction = "warn"`, /^2: checks\.dnsb: .* did you mean "dnsbl"\?$/],
  [
    `${HOST}[dns]\nservers = ["resolver"]`,
    /^3: dns\.servers\.0: "resolver" is no address of a DNS server/,
  ],
  [
    `${HOST}[submission]\ntls_listen = ["0.0.0.0:465"]`,
    /^3: submission\.tls_listen: listening with TLS needs a certificate/,
  ],
  [`${HOST}[dkim]\ndomain = "poul.org"`, /^3: dkim\.domain: signing needs a key; give private_key/],
  [
    `${HOST}[dkim]\nprivate_key = "k"`,
    /^3: dkim\.private_key: signing needs a domain; give domain/,
  ],
  [`${HOST}[dkim]\nseal = true`, /^3: dkim\.seal: sealing needs a key; give private_key/],
  [
    `${HOST}[dkim]\ndomain = "poul.org"\nprivate_key = "k"\nseal = true`,
    /^5: dkim\.seal: a seal tells what came of the chain; write action = "on" in \[checks\.arc\]/,
  ],
  [
    `${HOST}[checks.arc]\naction = "warn"`,
    /^3: checks\.arc\.action: "warn" is not known here; write "on" or "off"$/,
  ],
  [
    `${HOST}[srs]\nsecrets = ["short"]`,
    /^3: srs\.secrets\.0: this is too short for a secret; write/,
  ],
  [
    `${HOST}[outbound]\nsmarthost_user = "u"`,
    /^3: outbound\.smarthost_user: a login needs a host; give smarthost/,
  ],
  [
    `${HOST}[outbound]\nsmarthost = "h.example:25"\nsmarthost_password = "p"`,
    /^4: outbound\.smarthost_password: a password needs a user/,
  ],
  // Two mistakes, each with its line, in the order of the file.
  [`${HOST}[smtp]\nfoo = 1\nlisten = 2`, /^3: smtp\.foo: /, /^4: smtp\.listen: /],
];

for (const [toml, ...says] of TABLE) {
  test(`a mistake is named: ${JSON.stringify(toml.replace(HOST, ''))}`, () => {
    const found = mistakes(toml);
    assert.equal(found.length, says.length, found.join('\n'));
    says.forEach((pattern, i) => assert.match(found[i]!, pattern));
  });
}

test('only the hostname is needed', () => {
  const config = parseConfig(HOST, { file: FILE });
  assert.deepEqual(config.smtp.listen, [
    { host: '0.0.0.0', port: 25 },
    { host: '::', port: 25 },
  ]);
  assert.equal(config.smtp.max_message_size, 50 * 1024 * 1024);
  assert.equal(config.limits.line_time, 300_000);
  assert.equal(config.maildir.mode, 0o600);
  assert.deepEqual(config.local_domains, ['poul.org']);
});

test('the sample of the design is a configuration', () => {
  const config = parseConfig(readFileSync(new URL('sample.toml', import.meta.url), 'utf8'), {
    file: FILE,
  });
  assert.deepEqual(config.run_as, { user: 'mail', group: 'mail' });
  assert.equal(config.pop3.greeting, 'YOLO.');
  assert.equal(config.maildir.mode, 0o660);
  assert.deepEqual(config.aliases.suffix_separators, ['+', '-']);
  assert.equal(config.checks.dnsbl.zones[0], 'zen.spamhaus.org');
  assert.equal(config.checks.spf.action, 'warn');
});

test('paths are relative to the file, or to the folder that is given', () => {
  const toml = `${HOST}data_dir = "data"\n[users]\npasswd = "../passwd"\n[maildir]\npath = "mail/{user}/Maildir"`;
  const config = parseConfig(toml, { file: FILE });
  assert.equal(config.data_dir, '/etc/postino/data');
  assert.equal(config.users.passwd, '/etc/passwd');
  assert.equal(config.maildir.path, '/etc/postino/mail/{user}/Maildir');
  assert.equal(
    checkConfig({ hostname: 'a.org', data_dir: 'd' }, { folder: '/x' }).data_dir,
    '/x/d',
  );
});

test('names are taken in the form of the DNS', () => {
  const config = parseConfig(
    'hostname = "Mail.POUL.org"\nlocal_domains = ["@", "Bücher.example"]',
    { file: FILE },
  );
  assert.deepEqual(config.local_domains, ['mail.poul.org', 'xn--bcher-kva.example']);
});

test('a domain takes from the rest of the file what it leaves out', () => {
  const config = parseConfig(
    `hostname = "poul.org"
     [aliases]
     file = "aliases"
     suffix_separators = ["."]
     [domains."Bücher.example"]
     [domains."x.org"]
     passwd = "x.passwd"
     [domains."y.org"]
     passwd = "y.passwd"
     aliases = "y.aliases"
     maildir = "{domain}/{user}/Maildir"
     suffix_separators = []
     postmaster = "ale@poul.org"
     catch_all = "bob"
     [domains."z.org"]
     aliases = ""`,
    { file: FILE },
  );
  const shared = {
    passwd: null,
    maildir: '/var/mail/{user}@xn--bcher-kva.example',
    suffix_separators: ['.'],
    postmaster: null,
    catch_all: null,
  };
  assert.deepEqual(config.domains, [
    { ...shared, domain: 'xn--bcher-kva.example', aliases: '/etc/postino/aliases' },
    {
      ...shared,
      domain: 'x.org',
      passwd: '/etc/postino/x.passwd',
      aliases: null,
      maildir: '/var/mail/{user}@x.org',
    },
    {
      domain: 'y.org',
      passwd: '/etc/postino/y.passwd',
      aliases: '/etc/postino/y.aliases',
      maildir: '/etc/postino/y.org/{user}/Maildir',
      suffix_separators: [],
      postmaster: 'ale@poul.org',
      catch_all: 'bob',
    },
    { ...shared, domain: 'z.org', aliases: null, maildir: '/var/mail/{user}@z.org' },
  ]);
});

test('a file that is not there is named', async () => {
  await assert.rejects(
    loadConfig('/nowhere/postino.toml'),
    /^ConfigError: \/nowhere\/postino\.toml: there is no such file/,
  );
});

test('an object is checked like a file', () => {
  assert.throws(
    () => checkConfig({ hostname: 'a.org', smtp: { lisen: [] } }, { folder: '/x' }),
    /configuration: smtp\.lisen: .* did you mean "listen"/,
  );
});
