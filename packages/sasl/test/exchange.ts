/** A client and a server, driven against each other. */

import type { SaslClient, SaslServer, SaslStep } from '@postino/sasl';

/** Client and server in turn, until the server decides or the client gives up. */
export async function exchange(
  client: SaslClient,
  server: SaslServer,
  initial: Uint8Array | null,
): Promise<SaslStep | null> {
  let step = await server.start(initial);
  let held = initial ? null : client.start();
  while (step.type === 'challenge') {
    const answer = held ?? client.step(step.bytes);
    held = null;
    if (!answer) return null;
    step = await server.step(answer);
  }
  return step;
}

export const text = (octets: Uint8Array | null): string =>
  octets === null ? 'null' : new TextDecoder().decode(octets);
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
