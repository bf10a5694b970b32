export type { Answer, AuthAnswer, MessageAnswer, SmtpApp, SmtpContext } from './app.ts';
export type {
  CloseReason,
  SmtpServerEvent,
  SmtpServerNews,
  SmtpServerOrder,
  SmtpServerQuestion,
} from './events.ts';
export { SmtpClient } from './client.ts';
export type {
  ClientCloseReason,
  SmtpClientEvent,
  SmtpClientNews,
  SmtpClientOrder,
} from './client-events.ts';
export { CLIENT_ORDER, type ClientMove, type ClientState } from './client-order.ts';
export { CLIENT_REPLIES, type ClientReplyName } from './client-replies.ts';
export { connectSmtp, type Connected } from './connect.ts';
export type { SmtpConnection } from './connection.ts';
export type { ClientPhase, Outcome } from './outcome.ts';
export {
  DEFAULT_CLIENT_LIMITS,
  DEFAULT_CLIENT_TIMEOUTS,
  type SmtpClientLimits,
  type SmtpClientOptions,
  type SmtpClientTimeouts,
} from './client-options.ts';
export { parseCommand, type Command, type CommandFault, type CommandOptions } from './command.ts';
export type {
  ClientMechanism,
  ClientMechanisms,
  ConnectionEnd,
  ConnectOptions,
  ContentFacts,
  SentTo,
} from './connection-types.ts';
export { envelopeFault } from './envelope-fault.ts';
export { parseExtensions, type Extensions } from './extensions.ts';
export { DEFAULT_LIMITS, DEFAULT_MAX_MESSAGE_SIZE, type SmtpLimits } from './limits.ts';
export type { ServedMechanisms, SmtpServerOptions } from './options.ts';
export { ORDER, type Happening, type Phase, type Verb } from './order.ts';
export {
  parseMailParams,
  parseRcptParams,
  type MailParams,
  type ParamFault,
  type ParamOptions,
  type RcptParams,
} from './params.ts';
export { HOST_REPLIES, REPLIES } from './replies.ts';
export { encodeReply, formatReply, parseReply } from './reply.ts';
export { ReplyReader, type ReplyFault } from './reply-reader.ts';
export { run, type RunOptions, type SessionEnd } from './run.ts';
export type { ParamCheck, ParamChecks, ServedExtension } from './served-extension.ts';
export { SmtpServer } from './server.ts';
export { DEFAULT_TIMEOUTS, type SmtpTimeouts } from './timeouts.ts';
export { decodeXtext, encodeXtext } from './xtext.ts';
