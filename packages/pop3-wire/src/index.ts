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
