/** What the octets of the peer do to a session, up to the next event: the reading half of the server machine. */
import type { Line } from '@postino/wire';
import { readChunk } from './bdat.ts';
import type { Command } from './command.ts';
import type { Content } from './content.ts';
import type { SmtpServerEvent } from './events.ts';
import { judgeAuth, judgeData, judgeMail, judgeRcpt, judgeStartTls } from './judge.ts';
import { ORDER, type Verb } from './order.ts';
import { outOfOrder } from './out-of-order.ts';
import { readCommand } from './read-command.ts';
import { chunkReply, helpReply, HOST_REPLIES, REPLIES } from './replies.ts';
import { withoutStatus } from './reply.ts';
import { servedCommands } from './served.ts';
import type { Session } from './session.ts';

/** The commands that bring a message nearer, and the last one. */
const MAIL_COMMANDS = new Set<Verb>(['MAIL', 'RCPT', 'DATA', 'BDAT', 'QUIT']);

/** The commands behind which the peer must wait; HELO and LHLO are EHLO of another kind. RFC 2920 §3.1. */
const LAST_OF_GROUP = new Set<Verb>(['EHLO', 'HELO', 'LHLO', 'DATA', 'VRFY', 'NOOP', 'QUIT']);

/** What may be said where TLS is demanded and does not stand. RFC 3207 §4. */
const WITHOUT_TLS = new Set<Verb>(['EHLO', 'LHLO', 'NOOP', 'STARTTLS', 'QUIT']);

/** The next question, news or content; null: what came is used up, or cannot move the session on. */
export function advance(session: Session): SmtpServerEvent | null {
  while (session.canAdvance) {
    const { content } = session.intake;
    if (content) {
      const event = readContent(session, content);
      // Null with the content still there: the chunk is used up.
      if (event || session.intake.content) return event;
    } else if (!step(session)) return null;
    const event = session.takeNews() ?? session.question;
    if (event) return event;
  }
  return null;
}

/** Between contents: the greeting, the end, or a line. False: there is no whole line. */
function step(session: Session): boolean {
  const { intake, shutdown, state } = session;
  if (state.phase === 'connect') connected(session);
  else if (shutdown && state.phase !== 'chunks') session.end(shutdown, 'shutdown');
  else {
    const limit = state.lineLimit;
    const line = intake.line(limit);
    if (!line) return false;
    session.waits = 0;
    if (state.auth.challenged) readResponse(session, line);
    else readLine(session, line, limit);
  }
  return true;
}

function connected(session: Session): void {
  const early = session.intake.buffered > 0;
  if (!early || session.options.earlyTalkers === 'ask')
    session.question = { type: 'connect', early };
  else session.end(withoutStatus(REPLIES.unsynchronized), 'unsynchronized');
}

function readContent(session: Session, content: Content): SmtpServerEvent | null {
  const got = content.next();
  if (got === 'refused') session.dropTransaction();
  else if (got) return { type: 'content', bytes: got };
  if (!content.paused) return session.takeNews();
  session.intake.backToLines();
  if (content.refusal) {
    session.answerContent(content.refusal);
    // Out of its turn a chunk changes nothing.
    if ('end of data' in ORDER[session.state.phase]) session.endTransaction();
  } else if (content.ended) return (session.question = { type: 'message', size: content.size });
  else {
    session.replies.add(chunkReply(session.intake.chunk.size));
    session.state.move('end of chunk');
  }
  return session.takeNews();
}

function readResponse(session: Session, line: Line): void {
  const next = session.state.auth.respond(line);
  if ('code' in next) session.authCancelled();
  session.lead(next);
}

function readLine(session: Session, line: Line, limit: number): void {
  const { options, state, tally } = session;
  const command = readCommand(line, limit, options);
  const { verb } = command;
  if (outOfStep(session, verb)) return session.end(REPLIES.unsynchronized, 'unsynchronized');
  if (verb === 'BDAT' && !('fault' in command)) return readChunk(session, command);
  if (verb && !WITHOUT_TLS.has(verb) && state.awaitsTls) session.error(REPLIES.tlsFirst);
  else if (verb && !(verb in ORDER[state.phase]))
    session.error(outOfOrder(state.phase, verb, options));
  else if ('fault' in command) session.error(command.fault);
  else if (!MAIL_COMMANDS.has(command.verb) && tally.idleCommand()) session.tooMany('tooManyIdle');
  else obey(session, command);
  if ((verb === 'DATA' || verb === 'BDAT') && !session.question) session.contentRefused();
}

/** Notes a peer that goes on where it must wait; true when that is not suffered. RFC 2920 §3.1. */
function outOfStep({ intake, options, state }: Session, verb: Verb | null): boolean {
  const pipelining = state.hello?.extended !== false;
  if (intake.buffered === 0 || (pipelining && !(verb && LAST_OF_GROUP.has(verb)))) return false;
  state.unsynchronized = true;
  return options.unsynchronized === 'refuse';
}

/** Does what a command in its place says, or asks for it. */
function obey(session: Session, command: Command): void {
  const { options, replies, state } = session;
  switch (command.verb) {
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      session.question = { type: 'hello', name: command.name, extended: command.verb !== 'HELO' };
      break;
    case 'MAIL':
      if (session.tally.full) session.tooMany('tooManyMessages');
      else session.lead(judgeMail(command, state));
      break;
    case 'RCPT':
      session.lead(judgeRcpt(command, state));
      break;
    case 'DATA':
      session.lead(judgeData(state));
      break;
    case 'RSET':
      session.dropTransaction();
      state.reset();
      replies.add(REPLIES.reset);
      break;
    case 'VRFY':
      session.question = { type: 'verify', text: command.text };
      break;
    case 'AUTH':
      session.lead(judgeAuth(command, state));
      break;
    case 'STARTTLS':
      startTls(session);
      break;
    case 'NOOP':
      replies.add(REPLIES.ok);
      break;
    case 'HELP':
      replies.add(helpReply(servedCommands(state)));
      break;
    case 'QUIT':
      session.end(HOST_REPLIES.closing(options.hostname), 'quit');
      break;
  }
}

function startTls(session: Session): void {
  const refusal = judgeStartTls(session.state);
  if (refusal) return session.error(refusal);
  // What lies behind came in the clear and must never be taken for what comes inside.
  if (session.intake.buffered > 0) return session.end(REPLIES.unsynchronized, 'unsynchronized');
  session.replies.add(REPLIES.goAhead);
  session.state.move('STARTTLS');
  session.startTls();
}
