export {
  createSmtpServer,
  serveSmtp,
  type SmtpAppFactory,
  type SmtpListenerOptions,
  type SmtpSessionOptions,
} from './smtp-server.ts';
export {
  createPop3Server,
  servePop3,
  type Pop3AppFactory,
  type Pop3ListenerOptions,
  type Pop3SessionOptions,
} from './pop3-server.ts';
export type { Connection } from './connection.ts';
export {
  GRACE,
  WireServer,
  type ListenOptions,
  type Service,
  type WireServerOptions,
} from './wire-server.ts';
export {
  ConnectionLimits,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_ADDRESS,
  type ConnectionLimitOptions,
} from './connection-limits.ts';
export {
  CLOSE_TIMEOUT,
  HANDSHAKE_TIMEOUT,
  NodeWire,
  READ_HIGH_WATER,
  WRITE_TIMEOUT,
  type NodeWireOptions,
} from './node-wire.ts';
export { PROXY_TIMEOUT, type ProxyProtocolOptions } from './proxy-protocol.ts';
export { CONNECT_TIMEOUT, dial, type DialOptions } from './dial.ts';
export { Certificates, CHECK_EVERY, type CertificateOptions } from './certificates.ts';
export { selfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
export {
  DNS_TIMEOUT,
  DNS_TRIES,
  nodeResolver,
  type CancellableResolver,
  type NodeResolverOptions,
} from './resolver.ts';
