/** The bare floor: a socket that answers without parsing. It looks at the end of a chunk, and at nothing else. */
import { createServer, type Socket } from 'node:net';
import { report } from './report.ts';

const LF = 0x0a;
const DOT = 0x2e;
const END_OF_DATA = 0x41;
const END_OF_QUIT = 0x54;
const END_OF_EHLO = 0x45;
const HELLO = Buffer.from('250 floor\r\n');
const GREETING = Buffer.from('220 floor ESMTP\r\n');
const OK = Buffer.from('250 2.0.0 OK\r\n');
const ENVELOPE = Buffer.from(
  '250 2.1.0 OK\r\n250 2.1.5 OK\r\n354 End data with <CR><LF>.<CR><LF>\r\n',
);
const BYE = Buffer.from('221 2.0.0 Bye\r\n');

/** The octet before a CRLF that ends the chunk tells all: the load's content has no such line but its last. */
function answer(socket: Socket, chunk: Buffer): void {
  if (chunk.at(-1) !== LF) return;
  const last = chunk.at(-3);
  if (last === DOT) socket.write(OK);
  else if (last === END_OF_DATA) socket.write(ENVELOPE);
  else if (last === END_OF_QUIT) socket.end(BYE);
  else if (last === END_OF_EHLO) socket.write(HELLO);
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => answer(socket, chunk));
  socket.on('error', () => socket.destroy());
  socket.write(GREETING);
});
server.listen(0, '127.0.0.1', () => report((server.address() as { port: number }).port));
