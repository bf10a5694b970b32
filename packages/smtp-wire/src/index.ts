export type { Answer, AuthAnswer, SmtpApp, SmtpContext } from './app.ts';
export type {
  CloseReason,
  SmtpServerEvent,
  SmtpServerNews,
  SmtpServerOrder,
  SmtpServerQuestion,
} from './events.ts';
export { decodeBase64, encodeBase64 } from './base64.ts';
export { parseCommand, type Command, type CommandFault, type CommandOptions } from './command.ts';
export { DEFAULT_LIMITS, DEFAULT_MAX_MESSAGE_SIZE, type SmtpLimits } from './limits.ts';
export type { SmtpServerOptions } from './options.ts';
export { ORDER, type Happening, type Phase, type Verb } from './order.ts';
export {
  parseMailParams,
  parseRcptParams,
  type MailParams,
  type ParamFault,
  type RcptParams,
} from './params.ts';
export { HOST_REPLIES, REPLIES } from './replies.ts';
export { encodeReply, formatReply, parseReply } from './reply.ts';
export { run, type RunOptions, type SessionEnd } from './run.ts';
export { SmtpServer } from './server.ts';
export { DEFAULT_TIMEOUTS, type SmtpTimeouts } from './timeouts.ts';
export { decodeXtext } from './xtext.ts';
