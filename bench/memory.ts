/** The SMTP machine alone, in memory: content, dots on every line, dense dots, small messages. No sockets. */
import { SmtpServer } from '@postino/smtp-wire';

const CHUNK = 64 << 10;
const encode = (text: string): Buffer => Buffer.from(text, 'latin1');
const HELLO = encode('EHLO client.example\r\n');
const ENVELOPE = encode('MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n');

/** Hands over octets and answers yes to every question. */
function feed(server: SmtpServer, chunk: Uint8Array): void {
  server.receive(chunk);
  drain(server);
}

function drain(server: SmtpServer): void {
  for (let event = server.next(); event; event = server.next()) {
    switch (event.type) {
      case 'connect':
      case 'hello':
      case 'mail':
      case 'rcpt':
      case 'data':
      case 'message':
        server.accept();
        break;
      case 'send':
      case 'content':
        break;
      default:
        throw new Error(`unexpected: ${event.type}`);
    }
  }
}

function ready(): SmtpServer {
  const server = new SmtpServer({
    hostname: 'bench.example',
    maxMessageSize: Number.MAX_SAFE_INTEGER,
  });
  drain(server);
  feed(server, HELLO);
  return server;
}

/** Megabytes a second of one long message made of this line. */
function content(line: string): number {
  const chunk = encode(line.repeat(Math.ceil(CHUNK / line.length)));
  const server = ready();
  feed(server, ENVELOPE);
  return perSecond(0.5, () => feed(server, chunk)) * (chunk.length / 1e6);
}

function messages(): number {
  const server = ready();
  const message = encode(`${ENVELOPE.toString()}Subject: small\r\n\r\n${'x'.repeat(960)}\r\n.\r\n`);
  return perSecond(0.5, () => feed(server, message));
}

/** Calls a second, over so many seconds after as many to warm up. */
function perSecond(seconds: number, work: () => void): number {
  const spell = (): number => {
    const start = performance.now();
    let calls = 0;
    let passed = 0;
    while (passed < seconds * 1000) {
      for (let n = 0; n < 20; n++) work();
      calls += 20;
      passed = performance.now() - start;
    }
    return calls / (passed / 1000);
  };
  spell();
  return spell();
}

const rows: readonly [what: string, value: number, unit: string][] = [
  ['content in lines of 78', content(`${'x'.repeat(76)}\r\n`), 'MB/s'],
  ['content, a stuffed dot on each line of 78', content(`..${'x'.repeat(74)}\r\n`), 'MB/s'],
  ['content, nothing but stuffed dots', content('..\r\n'), 'MB/s'],
  ['messages of 1 KB, envelope pipelined', messages(), 'a second'],
];
console.log(`Node ${process.version}, one thread, in memory\n`);
console.log('| what | | |\n| --- | ---: | --- |');
for (const [what, value, unit] of rows)
  console.log(`| ${what} | ${Math.round(value).toLocaleString('en')} | ${unit} |`);
