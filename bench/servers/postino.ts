/** Ours: the machine, the loop and the runtime, with an application that accepts all and keeps nothing. */
import { createSmtpServer } from '@postino/node';
import { report } from './report.ts';

const server = createSmtpServer(
  { hostname: 'bench.example', maxMessageSize: 1 << 30, chunking: true },
  () => ({ rcpt() {}, message() {} }),
);
report((await server.listen({ port: 0, host: '127.0.0.1' })).port);
