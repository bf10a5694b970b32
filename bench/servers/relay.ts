/** The reference server, which takes mail for bob and sends it on to the port that is given; a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, startServer } from '@postino/server';
import { report } from './report.ts';

const [, , sink] = process.argv;
const folder = mkdtempSync(join(import.meta.dirname, '../../var-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'passwd'), 'ale:5f4dcc3b5aa765d61d8327deb882cf99::\n');
writeFileSync(join(folder, 'aliases'), 'bob: bob@abroad.example\n');
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
[aliases]
file = "aliases"
[maildir]
path = "mail/{user}"
[outbound]
smarthost = "127.0.0.1:${sink}"
`,
);
const server = await startServer(await loadConfig(join(folder, 'postino.toml')));
report(server.addresses.smtp[0]!.port);
