/** A web application that receives mail: refused early where it can be, and streamed to the disk, never held whole. */
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { Maildir, type Entry } from '@postino/maildir';
import { HeaderReader } from '@postino/message';
import { createSmtpServer, type WireServer } from '@postino/node';
import type { Answer, SmtpApp } from '@postino/smtp-wire';
import type { Reply, Sink } from '@postino/wire';

export interface InboxOptions {
  /** Where the messages lie. */
  readonly folder: string;
  /** Whose mail is taken: `support@example.org`. */
  readonly addresses: ReadonlySet<string>;
  readonly hostname: string;
}

const NO_SUCH_USER: Reply = { code: 550, status: '5.1.1', text: 'No such user here' };
const NOT_ONE_FROM: Reply = { code: 550, status: '5.6.0', text: 'One From field, please' };

/** The two servers, ready to listen; closing the web application closes both. */
export async function createInbox(
  options: InboxOptions,
): Promise<{ web: FastifyInstance; smtp: WireServer }> {
  const maildir = await Maildir.create(options.folder);
  const { hostname } = options;
  const smtp = createSmtpServer({ hostname, maxMessageSize: 10_000_000 }, () =>
    incoming(maildir, options.addresses),
  );

  const web = fastify();
  web.addHook('onClose', () => smtp.close());
  web.get('/messages', async () => (await maildir.list()).map(({ uid, size }) => ({ uid, size })));
  web.get<{ Params: { uid: string } }>('/messages/:uid', async (request, reply) => {
    const entry = (await maildir.list()).find(({ uid }) => uid === request.params.uid);
    if (!entry) return reply.code(404).send({ error: 'no such message' });
    return reply.type('message/rfc822').send(Readable.from(maildir.read(entry)));
  });
  return { web, smtp };
}

/** One session. A message is on the disk, file and folder synced, before `message` answers: that is what 250 means. */
function incoming(maildir: Maildir, addresses: ReadonlySet<string>): SmtpApp {
  let header = new HeaderReader();
  let sink: Sink<Entry> | null = null;

  const store = async (body: readonly Uint8Array[]): Promise<Answer> => {
    if (!header.header) return undefined;
    if (!sink) {
      if (header.header.count('From') !== 1) return NOT_ONE_FROM;
      sink = await maildir.begin();
      await sink.write(header.header.bytes());
    }
    for (const part of body) await sink.write(part);
    return undefined;
  };
  const take = (): Sink<Entry> | null => {
    const taken = sink;
    [header, sink] = [new HeaderReader(), null];
    return taken;
  };
  return {
    rcpt: ({ localPart, domain }) =>
      addresses.has(`${localPart}@${domain}`.toLowerCase()) ? undefined : NO_SUCH_USER,
    content: (bytes) => store(header.push(bytes)), // the next bytes wait until these are written
    async message() {
      const refusal = await store(header.end());
      if (!refusal) await take()?.end();
      return refusal;
    },
    reset: () => void take()?.abort(),
  };
}
