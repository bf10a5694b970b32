/** A program of others that listens on loopback until it is told to end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface Daemon {
  readonly port: number;
  /** Resolves when it has ended. */
  close(): Promise<void>;
}

/** Starts it on a port that was free; rejects where it does not listen in ten seconds. */
export async function startDaemon(
  program: string,
  parametersFor: (port: number) => readonly string[],
): Promise<Daemon> {
  const port = await freePort();
  const daemon = spawn(program, parametersFor(port), { stdio: 'ignore' });
  const exit = once(daemon, 'exit');
  const close = async (): Promise<void> => {
    daemon.kill();
    await exit;
  };
  try {
    await listening(port);
  } catch (error) {
    await close();
    throw new Error(`${program} does not listen`, { cause: error });
  }
  return { port, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('nobody listens');
}
