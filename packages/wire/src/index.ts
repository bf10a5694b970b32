export type * from './types.ts';
export { asciiBytes, decodeUtf8, encodeUtf8, latin1, latin1Bytes } from './text.ts';
export { LineReader, type Line, type LineFault } from './lines.ts';
export { DotReader, type DotReaderOptions, type LineEndFault } from './dot-reader.ts';
export { DotWriter } from './dot-writer.ts';
export { insertOctet } from './insert-octet.ts';
export { StateError } from './state-error.ts';
export { memoryWires, type MemoryWire } from './memory-wire.ts';
export { CancelSource } from './cancel-source.ts';
export { LoopContext } from './loop-context.ts';
export { Listener, type Waiting } from './listener.ts';
export { settlesSoon } from './settles-soon.ts';
export { decodeBase64, encodeBase64 } from './base64.ts';
export { formatIp, ipOctets } from './ip-octets.ts';
export {
  MAX_PROXY_HEADER,
  MAX_PROXY_LINE,
  type Proxied,
  type ProxyFault,
  type ProxyFaultReason,
  type ProxyFormat,
  type ProxyHeader,
  type ProxyTlv,
} from './proxy-header.ts';
export { ProxyReader, type ProxyReaderOptions } from './proxy-reader.ts';
export { formatProxyHeader } from './format-proxy-header.ts';
