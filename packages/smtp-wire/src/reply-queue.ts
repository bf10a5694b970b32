/** The replies that wait to be sent: they leave in one piece. RFC 2920 §3.2. */
import type { Reply } from '@postino/wire';
import { REPLIES } from './replies.ts';
import { encodeReply } from './reply.ts';

/** Those that never change are encoded once. */
const ENCODED = new Map<Reply, Uint8Array>(
  Object.values(REPLIES).map((reply) => [reply, encodeReply(reply)]),
);

export class ReplyQueue {
  #waiting: Uint8Array[] = [];

  add(reply: Reply): void {
    this.#waiting.push(ENCODED.get(reply) ?? encodeReply(reply));
  }

  addBytes(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
  }

  /** All that waits, joined; null when nothing does. Never write to it: it may be shared. */
  take(): Uint8Array | null {
    if (this.#waiting.length === 0) return null;
    const all = this.#waiting.length === 1 ? this.#waiting[0]! : join(this.#waiting);
    this.#waiting.length = 0;
    return all;
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((octets, piece) => octets + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
