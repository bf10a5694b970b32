/** What a command that is well formed and in its place asks of the application, or why it is refused without asking. */
import type { Reply } from '@postino/wire';
import { isAsciiPath, type Command } from './command.ts';
import type { SmtpServerQuestion } from './events.ts';
import { REPLIES } from './replies.ts';
import type { SessionState } from './session-state.ts';

type CommandOf<V extends Command['verb']> = Extract<Command, { readonly verb: V }>;

/** RFC 5321 §4.1.1.2, RFC 1870 §6.1, RFC 8689 §4.1. */
export function judgeMail(
  { from, params }: CommandOf<'MAIL'>,
  state: SessionState,
): SmtpServerQuestion | Reply {
  if (!mayHave(params, state)) return REPLIES.unknownParameter;
  // Offered within TLS only. RFC 8689 §2.
  if (params.requireTls && !state.tls) return REPLIES.unknownParameter;
  if ((params.size ?? 0) > state.options.maxMessageSize) return REPLIES.messageTooBig;
  return { type: 'mail', from, params };
}

/** RFC 5321 §4.5.3.1.10, RFC 6531 §3.5. */
export function judgeRcpt(
  { to, params }: CommandOf<'RCPT'>,
  state: SessionState,
): SmtpServerQuestion | Reply {
  if (!mayHave(params, state)) return REPLIES.unknownParameter;
  const { recipients = 0, smtpUtf8 = false } = state.transaction ?? {};
  if (recipients >= state.options.limits.recipients) return REPLIES.tooManyRecipients;
  if (!smtpUtf8 && !isAsciiPath(to)) return REPLIES.asciiRecipientRequired;
  return { type: 'rcpt', to, params };
}

/** RFC 3030 §3. */
export function judgeData(state: SessionState): SmtpServerQuestion | Reply {
  return state.transaction?.binary ? REPLIES.binaryNeedsBdat : { type: 'data', how: 'DATA' };
}

/** RFC 4954 §4. */
export function judgeAuth(
  { mechanism, initial }: CommandOf<'AUTH'>,
  state: SessionState,
): SmtpServerQuestion | Reply {
  const { mechanisms } = state;
  if (mechanisms.length === 0) return REPLIES.notImplemented;
  if (state.auth.succeeded) return REPLIES.loggedInAlready;
  if (!state.hello?.extended) return REPLIES.ehloFirst;
  if (!state.mayLogIn) return REPLIES.encryptionRequired;
  if (!mechanisms.includes(mechanism)) return REPLIES.unknownMechanism;
  return state.auth.begin(mechanism, initial);
}

/** Why TLS may not start now, or null. RFC 3207 §4, §4.2. */
export function judgeStartTls(state: SessionState): Reply | null {
  if (state.tls) return REPLIES.tlsAlready;
  if (!state.options.startTls) return REPLIES.notImplemented;
  return state.hello?.extended ? null : REPLIES.ehloFirst;
}

/** Parameters belong to extensions, and HELO negotiates none. RFC 5321 §2.2.1. */
function mayHave(params: object, state: SessionState): boolean {
  return state.hello?.extended === true || Object.keys(params).length === 0;
}
