/** Whether the server answers at the ports of its configuration, asked from this machine. */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Config } from '../config/config.ts';
import type { ListenAddress } from '../config/values.ts';
import { bad, doubtful, good, type Look } from './finding.ts';

/** Milliseconds for a greeting. Our choice. */
const PATIENCE = 10_000;

export function portLooks({ smtp, submission, pop3 }: Config): Look[] {
  const services = [
    { name: 'smtp', section: smtp, greeting: '220' },
    { name: 'submission', section: submission, greeting: '220' },
    { name: 'pop3', section: pop3, greeting: '+OK' },
  ];
  return services.flatMap(({ name, section, greeting }) => [
    ...section.listen.map((at) => portLook(name, at, { greeting, tls: false })),
    ...section.tls_listen.map((at) => portLook(`${name} with TLS`, at, { greeting, tls: true })),
  ]);
}

interface Expected {
  readonly greeting: string;
  readonly tls: boolean;
}

function portLook(name: string, { host, port }: ListenAddress, expected: Expected): Look {
  return {
    what: `${name} at ${host} port ${port}`,
    async run() {
      if (port === 0) return doubtful('the system chooses the port', 'give it a number');
      const line = await greetingAt(nearAddress(host), port, expected.tls);
      if (line === null) return bad('nothing answers there', 'start the server: postino serve');
      return line.startsWith(expected.greeting)
        ? good(line)
        : bad(`it says ${JSON.stringify(line)}`, 'another program has this port');
    },
  };
}

/** Who listens everywhere is asked nearby. */
function nearAddress(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

/** The first line, without its end; null where nobody says one. */
async function greetingAt(host: string, port: number, tls: boolean): Promise<string | null> {
  // Only whether somebody answers; the certificate is looked at by itself.
  const socket: Socket = tls
    ? connectTls({ host, port, rejectUnauthorized: false })
    : connectTcp(port, host);
  try {
    const [chunk]: unknown[] = await once(socket, 'data', {
      signal: AbortSignal.timeout(PATIENCE),
    });
    return String(chunk)
      .split('\r\n')[0]!
      .replaceAll(/[^ -~]/g, '?');
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
