/** What an application gives to `run`: one method per question of the machine. Types only. */
import type { ForwardPath, ReversePath } from '@postino/address';
import type { Cancel, Endpoint, Reply, TlsInfo } from '@postino/wire';
import type { MailParams, RcptParams } from './params.ts';

/** Nothing accepts with the usual reply; a reply accepts with its text when its code is below 400, and else rejects. */
export type Answer = Reply | void;

/** The same for every recipient; or with LMTP, in their order, one for each. RFC 2033 §4.2. */
export type MessageAnswer = Answer | readonly Answer[];

/** A challenge goes on with the exchange, a user ends it well, a reply (535, 454) ends it badly. RFC 4954 §4, §6. */
export type AuthAnswer = { readonly challenge: Uint8Array } | { readonly user: string } | Reply;

/** What is known of the session; the same object throughout, its fields change as the session goes on. */
export interface SmtpContext {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | null;
  /** The peer spoke before the greeting. */
  readonly early: boolean;
  /** The peer went on where it had to wait for a reply. RFC 2920 §3.1. */
  readonly unsynchronized: boolean;
  /** What the peer called itself; forgotten when TLS begins. RFC 3207 §4.2. */
  readonly hello?: { readonly name: string; readonly extended: boolean } | undefined;
  /** Who logged in; forgotten when TLS begins. */
  readonly user?: string | undefined;
  /** Fires when nobody waits for the present answer any more: the peer has gone, or it took too long. */
  readonly cancel: Cancel;
}

/**
 * The application. What it leaves out is accepted, but for `auth`; `rcpt` and `message` cannot be left out, so that
 * nobody accepts by omission. An answer that is no promise is not awaited. A method that throws, rejects or is too slow means 451.
 */
export interface SmtpApp {
  connect?(context: SmtpContext): Answer | Promise<Answer>;
  hello?(name: string, context: SmtpContext): Answer | Promise<Answer>;
  auth?(
    mechanism: string,
    initial: Uint8Array | null,
    context: SmtpContext,
  ): AuthAnswer | Promise<AuthAnswer>;
  authResponse?(response: Uint8Array, context: SmtpContext): AuthAnswer | Promise<AuthAnswer>;
  /** The exchange was cancelled or cannot go on. */
  authCancelled?(context: SmtpContext): void;
  mail?(from: ReversePath, params: MailParams, context: SmtpContext): Answer | Promise<Answer>;
  rcpt(to: ForwardPath, params: RcptParams, context: SmtpContext): Answer | Promise<Answer>;
  /** May content come, and how does it? RFC 5321 §4.1.1.4, RFC 3030 §2. */
  data?(how: 'DATA' | 'BDAT', context: SmtpContext): Answer | Promise<Answer>;
  /** A view, good until this call's answer. A reply refuses the message: the rest of it is not shown, `reset` follows. */
  content?(bytes: Uint8Array, context: SmtpContext): Answer | Promise<Answer>;
  /** The end was seen, after `size` octets. Accepting takes responsibility for the message. RFC 5321 §6.1. */
  message(size: number, context: SmtpContext): MessageAnswer | Promise<MessageAnswer>;
  /** The transaction is gone without a message: drop what you hold of it. */
  reset?(context: SmtpContext): void;
  verify?(text: string, context: SmtpContext): Answer | Promise<Answer>;
}
