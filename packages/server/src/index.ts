export { startServer, type RunningServer, type StartOptions } from './server.ts';
export type { Addresses } from './listeners.ts';
export type * from './config/config.ts';
export type { ListenAddress, RunAs } from './config/values.ts';
export { checkConfig, loadConfig, parseConfig } from './config/load-config.ts';
export { ConfigError, type Mistake } from './config/config-error.ts';
export { openLog, type Logger } from './log.ts';
export type { Clock } from './clock.ts';
export { configJsonSchema } from './config/json-schema.ts';
