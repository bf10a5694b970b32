/** The peer: the newest smtp-server, with all that costs time and is not SMTP turned off. */
import { SMTPServer } from 'smtp-server';
import { report } from './report.ts';

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  size: 1 << 30,
  onData(stream, _session, callback) {
    stream.on('end', () => callback());
    stream.resume();
  },
});
// Without it each reply waits for the one before to be acknowledged: Nagle against delayed ACK, 40 ms a message.
server.server.on('connection', (socket) => socket.setNoDelay(true));
server.listen(0, '127.0.0.1', () => report((server.server.address() as { port: number }).port));
