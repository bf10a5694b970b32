/** The last step of a message on its way in: it was read whole, and is kept or refused. */
import {
  isPostmaster,
  type Envelope,
  type EnvelopeRecipient,
  type ReversePath,
} from '@postino/address';
import type { HeaderBlock } from '@postino/message';
import type { QueueId, Spooled } from '@postino/queue';
import type { Route } from '@postino/router';
import type { MailParams, SmtpContext } from '@postino/smtp-wire';
import type { Reply } from '@postino/wire';
import type { MessageChecks } from './checks/message-checks.ts';
import type { Clock } from './clock.ts';
import type { DiskRoom } from './disk-room.ts';
import type { PostOffice } from './post-office.ts';
import { SMTP_REPLIES as REPLIES } from './smtp-replies.ts';
import type { Submission } from './submission.ts';
import { traced } from './trace.ts';

export interface AcceptanceServices {
  readonly hostname: string;
  readonly room: DiskRoom;
  readonly submission: Submission;
  readonly postOffice: PostOffice;
  /** Whether `Received` leaves out where a logged-in client is. */
  readonly hideClient: boolean;
  readonly clock: Clock;
}

/** A message as the session has it. */
export interface ReceivedMessage {
  readonly id: QueueId;
  readonly from: ReversePath;
  readonly params: MailParams;
  readonly recipients: readonly EnvelopeRecipient[];
  /** Where each recipient leads. */
  readonly routes: readonly Route[];
  readonly context: SmtpContext;
  /** Null for who has logged in, and where nothing is to be checked. */
  readonly checks: MessageChecks | null;
  /** Octets. */
  readonly size: number;
  readonly header: HeaderBlock;
  readonly body: Spooled;
}

/** Judges what comes from outside, mends what a user of ours has sent, writes `Received`, and keeps the message. Rejects with Node's errors. */
export async function acceptMessage(
  message: ReceivedMessage,
  services: AcceptanceServices,
): Promise<Reply> {
  const { id, routes, size, body, context } = message;
  const { hostname, room, postOffice, clock } = services;
  if (!(await room.has(size))) return REPLIES.diskFull;
  // RFC 5321 §4.5.1.
  const mayRefuse = !message.recipients.every(({ address }) => isPostmaster(address));
  const findings = (await message.checks?.end(message.header, { mayRefuse })) ?? null;
  if (findings && 'code' in findings) return findings;
  const mended = await mend(message, services);
  if ('code' in mended) return mended;
  const submitted = context.user !== undefined;
  const hideClient = services.hideClient && submitted;
  const header = traced(mended, { ...message, hostname, hideClient, findings, now: clock.now() });
  await postOffice.accept({ id, envelope: envelopeOf(message), routes, submitted, header, body });
  room.taken(size * routes.length);
  return { code: 250, status: '2.0.0', text: `OK id=${id}` };
}

function mend(
  { id, header, context: { user } }: ReceivedMessage,
  { submission }: AcceptanceServices,
): HeaderBlock | Promise<HeaderBlock | Reply> {
  return user === undefined ? header : submission.mend(header, { id, user });
}

function envelopeOf({ from, recipients: to, params }: ReceivedMessage): Envelope {
  const { size: _, auth: __, ...asked } = params;
  return { ...asked, from, to };
}
