/** The other end of the control socket: what a running server says about its queue. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { QueueAnswer } from './queue-answer.ts';
import type { QueueRequest } from './queue-request.ts';

/** Rejects with Node's error when nobody is there, and when the server ends before it has answered all. */
export async function* askServer(
  path: string,
  request: QueueRequest,
): AsyncGenerator<QueueAnswer, void, undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    socket.setEncoding('utf8').write(`${JSON.stringify(request)}\n`);
    let rest = '';
    for await (const chunk of socket) {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const answer = answerOf(line);
        if (answer === null) return;
        yield answer;
      }
    }
    throw new Error('the server ended before all was done; see what it did: postino queue list');
  } finally {
    socket.destroy();
  }
}

/** Null for the last one. */
function answerOf(line: string): QueueAnswer | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server, of the user's own account
  const answer = JSON.parse(line) as QueueAnswer | { readonly type: 'end' };
  return answer.type === 'end' ? null : answer;
}
