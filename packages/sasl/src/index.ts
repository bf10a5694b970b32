export type {
  PasswordClientOptions,
  PasswordServerOptions,
  SaslClient,
  SaslServer,
  SaslStep,
} from './types.ts';
export type { ExternalServerOptions } from './external.ts';
export type { BearerMessage } from './oauth-bearer.ts';
export type { OAuthBearerClientOptions } from './oauth-bearer-client.ts';
export type { OAuthBearerServerOptions } from './oauth-bearer-server.ts';
export type { PlainMessage } from './plain.ts';
export type { ChannelBinding, ScramCredentials, ScramMechanism } from './scram.ts';
export type { ScramClientOptions } from './scram-client.ts';
export type { ScramServerOptions } from './scram-server.ts';
export { externalClient, externalServer } from './external.ts';
export { MAX_FIELD_OCTETS } from './field.ts';
export { formatPlain, parsePlain } from './plain.ts';
export { loginClient } from './login-client.ts';
export { loginServer } from './login-server.ts';
export { oauthBearerClient } from './oauth-bearer-client.ts';
export { oauthBearerServer } from './oauth-bearer-server.ts';
export { plainClient } from './plain-client.ts';
export { plainServer } from './plain-server.ts';
export { MIN_ITERATIONS, tlsExporter } from './scram.ts';
export { MAX_ITERATIONS, scramClient } from './scram-client.ts';
export { scramServer } from './scram-server.ts';
