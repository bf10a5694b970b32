/** The reference server on a folder of its own, with one user; the folder goes with it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, startServer } from '@postino/server';
import { report } from './report.ts';

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
`,
);
const server = await startServer(await loadConfig(join(folder, 'postino.toml')));
report(server.addresses.smtp[0]!.port);
