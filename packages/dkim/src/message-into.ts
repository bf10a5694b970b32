/**
 * A whole message, or its chunks, into a sink.
 */
import type { Sink } from '@postino/wire';

/** Writes all of a message into a sink, and gives what the sink makes of it; what fails on the way leaves no trace. */
export async function messageInto<T>(
  sink: Sink<T>,
  message: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<T> {
  try {
    if (message instanceof Uint8Array) await sink.write(message);
    else for await (const chunk of message) await sink.write(chunk);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return sink.end();
}
