export type {
  PasswordClientOptions,
  PasswordServerOptions,
  SaslClient,
  SaslServer,
  SaslStep,
} from './types.ts';
export type { PlainMessage } from './plain.ts';
export { MAX_FIELD_OCTETS } from './field.ts';
export { formatPlain, parsePlain } from './plain.ts';
export { loginClient } from './login-client.ts';
export { loginServer } from './login-server.ts';
export { plainClient } from './plain-client.ts';
export { plainServer } from './plain-server.ts';
