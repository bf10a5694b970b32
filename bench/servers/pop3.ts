/** The reference server for the users of a folder, which its parameter names: `passwd`, and `mail/` with their Maildirs. */
import { checkConfig, startServer } from '@postino/server';
import { report } from './report.ts';

const [, , folder = ''] = process.argv;
const server = await startServer(
  checkConfig(
    {
      hostname: 'example.org',
      data_dir: 'data',
      smtp: { listen: [] },
      pop3: { listen: ['127.0.0.1:0'], allow_plaintext_auth: true },
      users: { passwd: 'passwd' },
      maildir: { path: 'mail/{user}' },
      log: { level: 'error' },
    },
    { folder },
  ),
);
report(server.addresses.pop3[0]!.port);
