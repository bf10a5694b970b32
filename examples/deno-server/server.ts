/** SMTP on Deno's own listener. `deno run --allow-net server.ts` */
import { formatPath } from '@postino/address';
import { run, SmtpServer, type SmtpApp } from '@postino/smtp-wire';
import { DenoWire } from './deno-wire.ts';

const options = { hostname: 'mail.example.org', maxMessageSize: 10_000_000 };

/** Serves all who connect, each on its own. */
export async function serve(listener: Deno.Listener): Promise<void> {
  for await (const connection of listener) {
    const wire = new DenoWire(connection);
    const onError = (error: unknown): void => console.error(wire.peer.address, error);
    void run(new SmtpServer(options), wire, app(), { onError }).catch(onError);
  }
}

function app(): SmtpApp {
  const decoder = new TextDecoder();
  let text = '';
  let to: string[] = [];
  return {
    rcpt: (path) => void to.push(formatPath(path)),
    content: (bytes) => void (text += decoder.decode(bytes, { stream: true })),
    message: () => {
      console.log(JSON.stringify({ to, text }));
      [text, to] = ['', []];
    },
    reset: () => void ([text, to] = ['', []]),
  };
}

if (import.meta.main) {
  const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
  console.log(`listening on port ${listener.addr.port}`);
  await serve(listener);
}
