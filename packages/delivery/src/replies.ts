/** What is said where no server said anything. The statuses: RFC 3463 §3.4, §3.5, §3.8. */
import type { Reply } from '@postino/wire';
import type { Told } from './types.ts';

/** Nothing was tried, or trying it broke on our side. */
export function ownTrouble(text: string, cause?: unknown): Told {
  const reply: Reply = { code: 451, status: '4.3.0', text };
  return { reply, phase: 'own', local: true, ...(cause === undefined ? {} : { cause }) };
}

/** There is no connection: refused, no answer in time, no way there. */
export function noConnection(host: string, cause: unknown): Told {
  const text = `No connection to ${host}${reason(cause)}`;
  return { reply: { code: 451, status: '4.4.1', text }, phase: 'connect', local: true, cause };
}

/** The certificate is not what was asked for, or the handshake failed. */
export function noTrust(host: string, cause: unknown): Told {
  const text = `No TLS with ${host} as it is asked for${reason(cause)}`;
  return { reply: { code: 451, status: '4.7.5', text }, phase: 'startTls', local: true, cause };
}

/** The policy could not be found out. */
export function noPolicy(host: string, cause: unknown): Told {
  const text = `It could not be found out how ${host} is to be reached`;
  return { reply: { code: 451, status: '4.7.0', text }, phase: 'policy', local: true, cause };
}

/** The smarthost has no address. */
export function noSmarthost(host: string): Reply {
  return { code: 451, status: '4.3.5', text: `The smarthost ${host} has no address` };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? `: ${cause.message.trim().replaceAll(/[^ -~]/g, '?')}` : '';
}
