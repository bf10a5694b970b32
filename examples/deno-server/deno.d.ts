/** What of Deno the example uses, for a compiler that does not know Deno. `deno types` declares it all. */
declare namespace Deno {
  interface NetAddr {
    hostname: string;
    port: number;
  }
  interface Conn {
    readonly localAddr: NetAddr;
    readonly remoteAddr: NetAddr;
    read(into: Uint8Array): Promise<number | null>;
    write(bytes: Uint8Array): Promise<number>;
    closeWrite(): Promise<void>;
    close(): void;
  }
  interface Listener extends AsyncIterable<Conn> {
    readonly addr: NetAddr;
  }
  function listen(options: { hostname: string; port: number }): Listener;
  function listenTls(options: {
    hostname: string;
    port: number;
    cert: string;
    key: string;
  }): Listener;
}
