export type { Answer, Challenge, Content, Pop3App, Pop3Context } from './app.ts';
export type {
  CloseReason,
  MaildropEntry,
  Opened,
  Pop3Question,
  Pop3ServerEvent,
  Refusal,
  ResponseCode,
  Retrieved,
} from './events.ts';
export { DEFAULT_LIMITS, type Pop3Limits } from './limits.ts';
export { ORDER, type Phase } from './order.ts';
export type { Pop3ServerOptions } from './options.ts';
export { Pop3Server } from './server.ts';
export { run, type RunOptions, type SessionEnd } from './run.ts';
export { Pop3Client } from './client.ts';
export type {
  Pop3ClientEnd,
  Pop3ClientEvent,
  Pop3ClientNews,
  Pop3ClientOrder,
} from './client-events.ts';
export { DEFAULT_CLIENT_LIMITS, type Pop3ClientLimits } from './client-limits.ts';
export type { Command, Verb } from './command.ts';
export { connectPop3, type ConnectedPop3 } from './connect.ts';
export { Pop3Connection } from './connection.ts';
export type { ConnectPop3Options, Pop3Failure, Pop3Mechanism } from './connection-types.ts';
export type { ListedMessage } from './message-list.ts';
export type { Status } from './status-line.ts';
