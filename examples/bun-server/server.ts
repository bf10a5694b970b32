/** SMTP on Bun: `@postino/node` stands on node:net and node:tls, and Bun has both. `bun server.ts FOLDER` */
import { createSmtpServer, selfSigned, type WireServer } from '@postino/node';
import { formatPath } from '@postino/address';

/** What of Bun is used; `@types/bun` declares it all. */
declare const Bun: {
  file(path: string): { writer(): { write(bytes: Uint8Array): void; end(): Promise<number> } };
};

/** Each message becomes a file, written as it comes. */
export function createServer(folder: string): WireServer {
  const tls = selfSigned(['mail.example.org']); // in earnest: { certificate: 'chain.pem', key: 'key.pem' }
  return createSmtpServer({ hostname: 'mail.example.org', tls }, () => {
    let file: ReturnType<ReturnType<typeof Bun.file>['writer']> | null = null;
    let name = '';
    const close = async (): Promise<void> => {
      await file?.end();
      file = null;
    };
    return {
      rcpt: (to) => void (name = formatPath(to)),
      content(bytes) {
        file ??= Bun.file(`${folder}/${crypto.randomUUID()}.eml`).writer();
        file.write(bytes);
      },
      async message(size) {
        await close();
        console.log(`${size} octets for ${name}`);
      },
      reset: () => void close(),
    };
  });
}

if (import.meta.main) {
  const [folder = '.'] = process.argv.slice(2);
  const { port } = await createServer(folder).listen({ port: 0, host: '127.0.0.1' });
  console.log(`listening on port ${port}`);
}
