/** A submission server that signs what its users send and hands it on, while they wait: it has no queue. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  parseAddressList,
  type Envelope,
  type EnvelopeRecipient,
  type ReversePath,
} from '@postino/address';
import { deliver, type Signer, type Smarthost } from '@postino/delivery';
import { sign, signingKey } from '@postino/dkim';
import { formatDate, mendSubmission, splitMessage } from '@postino/message';
import { createSmtpServer, dial, nodeResolver, type WireServer } from '@postino/node';
import { plainServer } from '@postino/sasl';
import type { AuthAnswer, SmtpApp } from '@postino/smtp-wire';
import type { Cancel, Reply } from '@postino/wire';

export interface RelayOptions {
  readonly hostname: string;
  /** Chain and key, in PEM or as files: passwords are taken under TLS alone. */
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly verify: (user: string, password: Uint8Array) => boolean | Promise<boolean>;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: string };
  /** Where all mail goes; `deliver` finds the MX of each domain where there is none. */
  readonly smarthost: Smarthost;
}

const NOT_ONE_FROM: Reply = { code: 550, status: '5.6.0', text: 'One good From field, please' };
const LOG_IN_FIRST: Reply = { code: 530, status: '5.7.0', text: 'Authentication required' };

export function createRelay(options: RelayOptions): WireServer {
  const { hostname, tls, smarthost } = options;
  const route = { hostname, smarthost, dial, resolver: nodeResolver() };
  const dkim = { ...options.dkim, key: signingKey(options.dkim.key) };
  const signer: Signer = (content) => sign(content, dkim);
  const send = async (content: Uint8Array, envelope: Envelope, cancel: Cancel): Promise<Reply> => {
    const message = { size: content.length, read: () => Readable.from([content]) };
    const [result] = await deliver(message, envelope, { ...route, signer, cancel });
    return result!.reply;
  };
  // One recipient a message, so that what the next host says of it is what the client hears.
  const server = { hostname, tls, limits: { recipients: 1 }, announceLimits: true };
  return createSmtpServer({ ...server, mechanisms: ['PLAIN'] }, () => submission(options, send));
}

function submission(
  { verify, hostname }: RelayOptions,
  send: (content: Uint8Array, envelope: Envelope, cancel: Cancel) => Promise<Reply>,
): SmtpApp {
  const plain = plainServer({ verify });
  let from: ReversePath;
  let to: EnvelopeRecipient[] = [];
  let pieces: Buffer[] = [];
  const forget = (): void => void ([to, pieces] = [[], []]);
  const judge = async (message: Uint8Array | null): Promise<AuthAnswer> => {
    const step = await plain.start(message);
    if (step.type === 'challenge') return { challenge: step.bytes };
    if (step.type === 'success') return { user: step.user };
    return { code: 535, status: '5.7.8', text: 'Authentication credentials invalid' };
  };
  return {
    auth: (_mechanism, initial) => judge(initial),
    authResponse: judge,
    mail(path, _params, { user }) {
      from = path;
      return user ? undefined : LOG_IN_FIRST;
    },
    rcpt: (address) => void to.push({ address }),
    content: (bytes) => void pieces.push(Buffer.from(bytes)),
    message(_size, { cancel }) {
      const content = mended(Buffer.concat(pieces), hostname);
      const envelope = { from, to };
      forget();
      return content ? send(content, envelope, cancel) : NOT_ONE_FROM;
    },
    reset: forget,
  };
}

/** With Date and Message-ID, without Bcc; null where From is no good. RFC 6409 §8. */
function mended(message: Uint8Array, hostname: string): Uint8Array | null {
  const { header, body } = splitMessage(message);
  const mended = mendSubmission(header, {
    date: formatDate(Date.now()),
    messageId: `<${randomUUID()}@${hostname}>`,
    addresses: (text) =>
      parseAddressList(text)?.flatMap((one) => ('address' in one ? one.address : [])) ?? null,
  });
  return typeof mended === 'string' ? null : Buffer.concat([mended.bytes(), body]);
}
