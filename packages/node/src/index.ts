export { NodeWire, type NodeWireOptions } from './node-wire.ts';
export { Certificates, type CertificateOptions } from './certificates.ts';
export { ConnectionLimits, type ConnectionLimitOptions } from './connection-limits.ts';
export {
  WireServer,
  type ListenOptions,
  type Service,
  type WireServerOptions,
} from './wire-server.ts';
export { dial, type DialOptions } from './dial.ts';
export { nodeResolver, type NodeResolverOptions } from './resolver.ts';
export { selfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
