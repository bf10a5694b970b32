/** A Worker that sends mail: POST /, a JSON object with from, to, subject and text. */
import { formatMailbox, parseMailbox, type Envelope } from '@postino/address';
import { formatDate, formatField, harmless } from '@postino/message';
import { plainClient } from '@postino/sasl';
import { connectSmtp } from '@postino/smtp-wire';
import { WorkerWire } from './worker-wire.ts';

interface Env {
  readonly SMTP_HOST: string;
  readonly SMTP_PORT: string;
  readonly SMTP_USER: string;
  readonly SMTP_PASSWORD: string;
}
interface Letter {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method !== 'POST') return new Response(null, { status: 405 });
    const letter: unknown = await request.json().catch(() => null);
    const from = isLetter(letter) && parseMailbox(letter.from);
    const to = isLetter(letter) && parseMailbox(letter.to);
    if (!from || !to) return Response.json({ error: 'not a letter' }, { status: 400 });

    const wire = new WorkerWire(env.SMTP_HOST, Number(env.SMTP_PORT));
    const connected = await connectSmtp(wire, {
      hostname: 'worker.example.org',
      startTls: 'required',
      handshake: { verify: 'pki' },
      mechanisms: [plainClient({ user: env.SMTP_USER, password: env.SMTP_PASSWORD })],
    });
    if ('failure' in connected) return Response.json(connected.failure.reply, { status: 502 });
    const { connection } = connected;
    const envelope: Envelope = { from, to: [{ address: to }], body: '8BITMIME' };
    const [result] = await connection.send(envelope, content(envelope, letter));
    await connection.close();
    const reply = result!.reply;
    return Response.json(reply, { status: reply.code < 400 ? 200 : 502 });
  },
};

function isLetter(value: unknown): value is Letter {
  const letter: Partial<Record<keyof Letter, unknown>> = Object(value);
  return [letter.from, letter.to, letter.subject, letter.text].every(
    (one) => typeof one === 'string',
  );
}

/** Lines end in CRLF, as mail wants them. RFC 5321 §2.3.8. */
async function* content({ from, to }: Envelope, letter: Letter): AsyncGenerator<Uint8Array> {
  const header =
    formatField('From', formatMailbox(from)) +
    formatField('To', to.map(({ address }) => formatMailbox(address)).join(', ')) +
    formatField('Subject', harmless(letter.subject)) +
    formatField('Date', formatDate(Date.now())) +
    formatField('Message-ID', `<${crypto.randomUUID()}@worker.example.org>`) +
    formatField('Content-Type', 'text/plain; charset=utf-8') +
    formatField('Content-Transfer-Encoding', '8bit');
  yield new TextEncoder().encode(`${header}\r\n${letter.text.replaceAll(/\r?\n/g, '\r\n')}\r\n`);
}
