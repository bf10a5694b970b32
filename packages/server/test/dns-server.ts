/** A resolver's answers over UDP: a real DNS server, for what fits into one packet. RFC 1035 §4.1. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { isNoSuchName, isNone, type Resolver } from '@postino/dns';

type Type = 'A' | 'PTR' | 'MX' | 'TXT' | 'AAAA';
const TYPES: Readonly<Record<number, Type>> = {
  1: 'A',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
};
const RESPONSE = 0x8180;
const NO_SUCH_NAME = 3;
const SERVER_FAILURE = 2;

/** Listens on loopback as long as the test lasts, and gives the address for `dns.servers`. */
export async function serveDns(context: TestContext, resolver: Resolver): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    void answer(question, resolver).then((packet) => socket.send(packet, port, address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  context.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

async function answer(packet: Buffer, resolver: Resolver): Promise<Buffer> {
  const end = packet.indexOf(0, 12) + 5;
  const question = packet.subarray(12, end);
  const type = question.readUInt16BE(question.length - 4);
  const { code, records } = await ask(nameIn(question), type, resolver);
  const header = Buffer.alloc(12);
  packet.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records.map((data) => record(type, data))]);
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; question[at]! > 0; at += question[at]! + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]!));
  return labels.join('.');
}

async function ask(
  name: string,
  type: number,
  resolver: Resolver,
): Promise<{ code: number; records: Buffer[] }> {
  try {
    return { code: 0, records: await recordsOf(name, TYPES[type], resolver) };
  } catch (error) {
    const code = isNoSuchName(error) ? NO_SUCH_NAME : isNone(error) ? 0 : SERVER_FAILURE;
    return { code, records: [] };
  }
}

async function recordsOf(
  name: string,
  type: Type | undefined,
  resolver: Resolver,
): Promise<Buffer[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map((ip) => Buffer.from(ip.split('.').map(Number)));
    case 'PTR':
      return (await resolver.resolvePtr(name)).map(hostName);
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) =>
        Buffer.concat([Buffer.of(priority >> 8, priority), hostName(exchange)]),
      );
    case 'AAAA':
      return (await resolver.resolve6(name)).map(ipv6);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((chunks) =>
        Buffer.concat(chunks.flatMap((chunk) => chunk.match(/.{1,255}/gs) ?? ['']).map(counted)),
      );
    default:
      return [];
  }
}

function hostName(name: string): Buffer {
  return Buffer.concat([...name.split('.').map(counted), Buffer.alloc(1)]);
}

/** Of an address that is written out or has one `::`. */
function ipv6(text: string): Buffer {
  const [head, tail] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const middle = Array<string>(tail ? 8 - head!.length - tail.length : 0).fill('0');
  const groups = [...head!, ...middle, ...(tail ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function counted(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')]);
}

/** Of the name in the question, for a minute. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
