/** What the server tells its operator: one JSON object a line. Passwords and content are never in it. */
import { pino, type Logger } from 'pino';
import type { LogLevel } from './config/config.ts';

export type { Logger } from 'pino';

/** A log to standard output; times are ISO 8601, levels words. */
export function openLog(level: LogLevel): Logger {
  return pino({
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  });
}
