/**
 * The reference server on a folder of its own, with one user; the folder goes with it. With the record of a DKIM key as
 * its parameter it has all checks on, and a DNS in which nothing speaks against the load.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zone, type Resolver } from '@postino/dns';
import { loadConfig, startServer } from '@postino/server';
import { report } from './report.ts';

const CHECKS = `
[checks]
dnsbl = { zones = ["zen.test", "psbl.test", "b.test"], action = "reject" }
spf = { action = "reject" }
dkim = { action = "reject" }
dmarc = { action = "reject" }
rdns = { action = "reject" }
`;
const [, , record] = process.argv;

function dns(key: string): Resolver {
  return zone({
    '1.0.0.127.in-addr.arpa': { PTR: ['client.example'] },
    'client.example': { A: ['127.0.0.1'] },
    'example.com': { TXT: ['v=spf1 ip4:127.0.0.1 -all'] },
    '_dmarc.example.com': { TXT: ['v=DMARC1; p=reject'] },
    'sel._domainkey.example.com': { TXT: [key] },
  });
}

/** Beside the checkout and not in the system's temporary folder, which may lie in memory. */
const folder = mkdtempSync(join(import.meta.dirname, '../../var-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'passwd'), 'bob:5f4dcc3b5aa765d61d8327deb882cf99::\n');
writeFileSync(
  join(folder, 'postino.toml'),
  `hostname = "example.org"
data_dir = "data"
[smtp]
listen = ["127.0.0.1:0"]
[pop3]
listen = []
[users]
passwd = "passwd"
[maildir]
path = "mail/{user}"
[log]
level = "error"
${record === undefined ? '' : CHECKS}
`,
);
const server = await startServer(
  await loadConfig(join(folder, 'postino.toml')),
  record === undefined ? {} : { resolver: dns(record) },
);
report(server.addresses.smtp[0]!.port);
