/** What a finished handshake has settled. */
import type { TLSSocket } from 'node:tls';
import type { TlsInfo } from '@postino/wire';

/** Reads a TLS session; `serverName` is what the client sent or we did, RFC 6066 §3. */
export function tlsInfo(socket: TLSSocket, serverName: string | undefined): TlsInfo {
  const peerCertificate = socket.getPeerX509Certificate()?.raw;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    authorized: socket.authorized,
    ...(serverName ? { serverName } : {}),
    ...(peerCertificate ? { peerCertificate } : {}),
    exporter: (label, length) => exportKey(socket, label, length),
  };
}

/** RFC 9266 §2 asks for a context of zero length, which TLS 1.2 tells apart from none. */
function exportKey(socket: TLSSocket, label: string, length: number): Uint8Array {
  return socket.exportKeyingMaterial(length, label, Buffer.alloc(0));
}
