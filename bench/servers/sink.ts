/** Takes all mail and throws it away; tells how many came, whenever it is asked. */
import { createSmtpServer } from '@postino/node';

let count = 0;
const server = createSmtpServer({ hostname: 'sink.example' }, () => ({
  rcpt() {},
  message: () => void count++,
}));
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
process.on('message', () => process.send?.(count));
process.on('disconnect', () => process.exit());
process.send?.(port);
