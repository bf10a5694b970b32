/**
 * What each command means where the order table lets it pass: pure, but for the marks in the maildrop. The machine
 * carries the step out. RFC 1939 §4 to §7.
 */
import { decodeBase64, latin1 } from '@postino/wire';
import { capabilities, mechanismsOffered, passwordsAllowed } from './capabilities.ts';
import type { Command } from './command.ts';
import type { CloseReason, Pop3Question, Refusal } from './events.ts';
import { Listing } from './listing.ts';
import type { Maildrop } from './maildrop.ts';
import type { Pop3ServerOptions } from './options.ts';
import { noSuchMessage, OK, ok, okList, REFUSALS } from './replies.ts';
import { TopReader } from './top.ts';

/** What a command can see of the session. */
export interface Session {
  readonly options: Pop3ServerOptions;
  readonly secure: boolean;
  /** Those that fit the TLS there is. */
  readonly mechanisms: readonly string[];
  readonly loggedIn: boolean;
  /** What USER said. */
  readonly name: string;
  readonly maildrop: Maildrop;
  /** Whether the peer has said more already. */
  readonly hasMore: boolean;
}

export type Step =
  /** Yes: said at once. A listing follows; a name is kept for PASS. */
  | {
      readonly type: 'say';
      readonly text: string;
      readonly listing?: Listing;
      readonly name?: string;
      readonly utf8?: true;
    }
  /** The application decides; `top` then cuts the message. */
  | { readonly type: 'ask'; readonly question: Pop3Question; readonly top: TopReader | null }
  /** No, though it was understood; `close` ends the session. */
  | { readonly type: 'refuse'; readonly refusal: Refusal; readonly close?: CloseReason }
  /** No, since it could not be understood: this counts against the limit. */
  | { readonly type: 'bad'; readonly refusal: Refusal };

/** The step for a command that its phase allows. */
export function stepFor(command: Command, session: Session): Step {
  const { maildrop } = session;
  switch (command.verb) {
    case 'CAPA':
      return say(okList(OK.capabilities, capabilities(session)));
    case 'STLS':
      return startTls(session);
    case 'USER':
      return user(command.name, session);
    case 'PASS':
      return ask({ type: 'login', user: session.name, password: command.password });
    case 'AUTH':
      return auth(command.mechanism, command.initial, session);
    case 'UTF8':
      return session.options.utf8
        ? { type: 'say', text: ok(OK.utf8), utf8: true }
        : refuse(REFUSALS.noUtf8);
    case 'STAT':
      return say(ok(`${maildrop.count} ${maildrop.octets}`));
    case 'LIST':
      return list(maildrop, command.number, 'size');
    case 'UIDL':
      return list(maildrop, command.number, 'uid');
    case 'RETR':
      return retrieve(maildrop, command.number, null);
    case 'TOP':
      return retrieve(maildrop, command.number, new TopReader(command.lines));
    case 'DELE':
      return dele(maildrop, command.number);
    case 'NOOP':
      return say(ok(OK.noop));
    case 'RSET':
      maildrop.reset();
      return say(ok(OK.reset));
    default:
      command.verb satisfies 'QUIT';
      return quit(session);
  }
}

/** A line of a SASL exchange that a challenge has begun. RFC 5034 §4. */
export function stepForResponse(line: Uint8Array): Step {
  const text = latin1(line);
  if (text === '*') return refuse(REFUSALS.aborted);
  const bytes = decodeBase64(text);
  return bytes ? ask({ type: 'authResponse', bytes }) : bad(REFUSALS.badBase64);
}

/** Every name is welcome: who is told otherwise can find out names. RFC 1939 §13. */
function user(name: string, session: Session): Step {
  if (!passwordsAllowed(session)) return refuse(REFUSALS.plaintext);
  return { type: 'say', text: ok(OK.user), name };
}

/** RFC 2595 §4. */
function startTls({ options, secure, hasMore }: Session): Step {
  if (secure) return refuse(REFUSALS.tlsActive);
  if (!options.startTls) return refuse(REFUSALS.noTls);
  // What stands behind STLS was not sent over TLS, and must not be taken as if it had been.
  if (hasMore) return refuse(REFUSALS.behindStls, 'unsynchronized');
  return say(ok(OK.beginTls));
}

/** RFC 5034 §4. */
function auth(mechanism: string, text: string | null, session: Session): Step {
  if (!mechanismsOffered(session).includes(mechanism)) {
    const isKnown = session.mechanisms.includes(mechanism);
    return refuse(isKnown ? REFUSALS.plaintext : REFUSALS.noSuchMechanism);
  }
  // "=" is how an initial response of no octets is written.
  const initial = text === null ? null : decodeBase64(text === '=' ? '' : text);
  if (text !== null && initial === null) return bad(REFUSALS.badBase64);
  return ask({ type: 'auth', mechanism, initial });
}

/** LIST and UIDL, of one message or of all. RFC 1939 §5, §7. */
function list(maildrop: Maildrop, number: number | null, field: 'size' | 'uid'): Step {
  if (number === null) {
    const text = field === 'size' ? `${maildrop.count} messages:` : OK.uidl;
    return { type: 'say', text: ok(text), listing: new Listing(maildrop, field) };
  }
  return unavailable(maildrop, number) ?? say(ok(`${number} ${maildrop.at(number)?.[field]}`));
}

/** RETR and TOP. RFC 1939 §5, §7. */
function retrieve(maildrop: Maildrop, number: number, top: TopReader | null): Step {
  const question = { type: 'retrieve', index: number - 1 } as const;
  return unavailable(maildrop, number) ?? { type: 'ask', question, top };
}

/** Marks, and removes nothing. RFC 1939 §5. */
function dele(maildrop: Maildrop, number: number): Step {
  const refused = unavailable(maildrop, number);
  if (refused) return refused;
  maildrop.mark(number);
  return say(ok(OK.marked));
}

/** Before login nothing is to update. RFC 1939 §4, §6. */
function quit({ loggedIn, maildrop }: Session): Step {
  return loggedIn ? ask({ type: 'update', indexes: maildrop.marked() }) : say(ok(OK.quit));
}

/** The refusal where this number names no message, null where it does. RFC 1939 §5. */
function unavailable(maildrop: Maildrop, number: number): Step | null {
  if (!maildrop.at(number)) return refuse(noSuchMessage(number));
  return maildrop.isMarked(number) ? refuse(REFUSALS.marked) : null;
}

function say(text: string): Step {
  return { type: 'say', text };
}

function ask(question: Pop3Question): Step {
  return { type: 'ask', question, top: null };
}

function refuse(refusal: Refusal, close?: CloseReason): Step {
  return close ? { type: 'refuse', refusal, close } : { type: 'refuse', refusal };
}

function bad(refusal: Refusal): Step {
  return { type: 'bad', refusal };
}
