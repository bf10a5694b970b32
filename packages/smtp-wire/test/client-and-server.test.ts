/** The client and the server machine, over a pair of wires that cut what is written wherever they like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectSmtp,
  run,
  SmtpServer,
  type Answer,
  type SentTo,
  type SmtpApp,
  type SmtpServerOptions,
} from '@postino/smtp-wire';
import { latin1, latin1Bytes, memoryWires, type Wire } from '@postino/wire';
import fc from 'fast-check';
import { envelope, ME, outcome } from './client-driver.ts';

/** What the server says to a step. */
type Verdict = 'yes' | 'no' | 'later';

interface Message {
  readonly mail: Verdict;
  readonly rcpt: readonly Verdict[];
  readonly data: Verdict;
  /** To what was sent; `refuse`: while it is being sent. */
  readonly content: Verdict | 'refuse';
  readonly pieces: readonly string[];
}

interface Case {
  readonly messages: readonly Message[];
  readonly serverCuts: readonly number[];
  readonly clientCuts: readonly number[];
  readonly window: number;
  readonly startTls: boolean;
  /** Octets of a chunk; null: the server has no CHUNKING. */
  readonly chunk: number | null;
  readonly slow: boolean;
}

const verdict = fc.constantFrom<Verdict>('yes', 'yes', 'yes', 'no', 'later');
const piece = fc.constantFrom('.', '..', '\r\n', '\r\n.\r\n', 'hello', '.hello\r\n', 'é');
const message: fc.Arbitrary<Message> = fc.record({
  mail: verdict,
  rcpt: fc.array(verdict, { minLength: 1, maxLength: 6 }),
  data: verdict,
  content: fc.oneof(verdict, fc.constant<'refuse'>('refuse')),
  pieces: fc.array(piece, { maxLength: 6 }),
});
const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
const whole: fc.Arbitrary<Case> = fc.record({
  messages: fc.array(message, { minLength: 1, maxLength: 4 }),
  serverCuts: cuts,
  clientCuts: cuts,
  window: fc.constantFrom(1, 60, 4096),
  startTls: fc.boolean(),
  chunk: fc.constantFrom(null, 1, 8, 100),
  slow: fc.boolean(),
});

const REFUSALS: Readonly<Record<Exclude<Verdict, 'yes'>, Answer>> = {
  no: { code: 550, status: '5.7.1', text: 'no' },
  later: { code: 450, status: '4.2.0', text: 'later' },
};

/** Answers as the messages say, one after the other, and keeps what it accepts. */
class Script implements SmtpApp {
  readonly stored: { to: number[]; content: string }[] = [];
  readonly #messages: readonly Message[];
  readonly #slow: boolean;
  #at = -1;
  #to: number[] = [];
  #content = '';

  constructor(messages: readonly Message[], slow: boolean) {
    this.#messages = messages;
    this.#slow = slow;
  }

  mail(): Answer | Promise<Answer> {
    this.#at++;
    this.#to = [];
    this.#content = '';
    return this.#say(this.#message.mail);
  }

  rcpt(to: { localPart: string }): Answer | Promise<Answer> {
    const index = Number(to.localPart);
    const verdict = this.#message.rcpt[index]!;
    if (verdict === 'yes') this.#to.push(index);
    return this.#say(verdict);
  }

  data(): Answer | Promise<Answer> {
    return this.#say(this.#message.data);
  }

  content(bytes: Uint8Array): Answer {
    this.#content += latin1(bytes);
    if (this.#message.content === 'refuse') return REFUSALS.no;
  }

  message(): Answer | Promise<Answer> {
    const { content } = this.#message;
    if (content === 'yes' || content === 'refuse')
      this.stored.push({ to: this.#to, content: this.#content });
    return this.#say(content === 'refuse' ? 'yes' : content);
  }

  get #message(): Message {
    return this.#messages[this.#at]!;
  }

  #say(verdict: Verdict): Answer | Promise<Answer> {
    const answer = verdict === 'yes' ? undefined : REFUSALS[verdict];
    return this.#slow ? new Promise((resolve) => setImmediate(() => resolve(answer))) : answer;
  }
}

/** A wire that writes in pieces of these lengths. */
function cutting(wire: Wire, lengths: readonly number[]): Wire {
  let turn = 0;
  return {
    peer: wire.peer,
    local: wire.local,
    get tls() {
      return wire.tls;
    },
    read: (timeout, cancel) => wire.read(timeout, cancel),
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        const length = lengths[turn++ % lengths.length]!;
        await wire.write(bytes.subarray(at, at + length));
        at += length;
      }
    },
    buffered: () => wire.buffered(),
    startTls: (options) => wire.startTls(options),
    close: () => wire.close(),
    destroy: () => wire.destroy(),
  };
}

async function* contentOf(pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield latin1Bytes(piece);
}

/** What must come out for each recipient. */
function expected({ mail, rcpt, data, content, pieces }: Message, chunked: boolean): string[] {
  const said = { yes: '250', no: '550 5.7.1', later: '450 4.2.0' };
  const bytes = pieces.join('');
  return rcpt.map((one) => {
    if (mail !== 'yes') return `${said[mail]} mail`;
    if (one !== 'yes') return `${said[one]} rcpt`;
    if (data !== 'yes') return `${said[data]} ${chunked ? 'content' : 'data'}`;
    // Nothing was shown of an empty message, so nothing of it was refused.
    if (content === 'refuse') return bytes === '' ? '250 2.0.0 content' : '550 5.7.1 content';
    return content === 'yes' ? '250 2.0.0 content' : `${said[content]} content`;
  });
}

test('random cuts, verdicts and messages: every recipient has the result that the server gave', async () => {
  await fc.assert(
    fc.asyncProperty(whole, async ({ messages, window, startTls, chunk, slow, ...lengths }) => {
      const [near, far] = memoryWires();
      const chunking = chunk !== null;
      const options: SmtpServerOptions = { hostname: 'mx.example', startTls, chunking };
      // One message may need many lines that were refused.
      const server = new SmtpServer({ ...options, limits: { errors: 1000, idleCommands: 1000 } });
      const app = new Script(messages, slow);
      const ended = run(server, cutting(near, lengths.serverCuts), app);
      const connected = await connectSmtp(cutting(far, lengths.clientCuts), {
        hostname: ME,
        limits: { window, ...(chunking && { chunk }) },
      });
      assert.ok('connection' in connected);
      const { connection } = connected;
      assert.equal(connection.tls !== null, startTls);
      for (const [n, message] of messages.entries()) {
        const to = message.rcpt.map((_, index) => `${index}@d.example`);
        const before = app.stored.length;
        const results = await connection.send(
          envelope(`sender${n}@b.example`, to),
          contentOf(message.pieces),
          { eightBit: true },
        );
        assert.deepEqual(results.map(outcome), expected(message, chunking));
        assertStored(app.stored.slice(before), results, message);
        assert.equal(connection.end, null);
      }
      await connection.close();
      assert.equal(await ended, 'quit');
    }),
  );
});

/** What the server keeps is what the results say. */
function assertStored(
  stored: readonly { to: number[]; content: string }[],
  results: readonly SentTo[],
  { pieces }: Message,
): void {
  const taken = results.flatMap(({ reply }, index) => (reply.code < 400 ? [index] : []));
  const bytes = pieces.join('');
  const content = bytes === '' || bytes.endsWith('\r\n') ? bytes : `${bytes}\r\n`;
  assert.deepEqual(stored, taken.length > 0 ? [{ to: taken, content }] : []);
}
