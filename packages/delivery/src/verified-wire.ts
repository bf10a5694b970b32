/** A wire whose handshake fails where the certificate is not what was asked for. */
import type { Cancel, Endpoint, TlsInfo, TlsOptions, Wire } from '@postino/wire';

/** `Wire` leaves it open whether such a handshake rejects or tells; a login must never follow it. */
export class VerifiedWire implements Wire {
  readonly #wire: Wire;
  /** Why there is no TLS, once it was tried. */
  #handshakeError: unknown = null;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get peer(): Endpoint {
    return this.#wire.peer;
  }

  get local(): Endpoint {
    return this.#wire.local;
  }

  get tls(): TlsInfo | null {
    return this.#wire.tls;
  }

  get handshakeError(): unknown {
    return this.#handshakeError;
  }

  async startTls(options: TlsOptions = {}): Promise<TlsInfo> {
    try {
      const tls = await this.#wire.startTls(options);
      if (options.verify === 'none' || tls.authorized) return tls;
      throw new Error('the certificate could not be verified');
    } catch (error) {
      this.#handshakeError = error;
      throw error;
    }
  }

  read(timeout: number, cancel?: Cancel): ReturnType<Wire['read']> {
    return this.#wire.read(timeout, cancel);
  }

  write(bytes: Uint8Array, timeout?: number): Promise<void> {
    return this.#wire.write(bytes, timeout);
  }

  buffered(): number {
    return this.#wire.buffered();
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  destroy(): void {
    this.#wire.destroy();
  }
}
