export type * from './types.ts';
export { asciiBytes, decodeUtf8, encodeUtf8, latin1, latin1Bytes } from './text.ts';
export { LineReader, type Line, type LineFault } from './lines.ts';
export { DotReader, type DotReaderOptions, type LineEndFault } from './dot-reader.ts';
export { DotWriter } from './dot-writer.ts';
export { StateError } from './state-error.ts';
export { memoryWires, type MemoryWire } from './memory-wire.ts';
export { CancelSource } from './cancel-source.ts';
export { decodeBase64, encodeBase64 } from './base64.ts';
