/** Which commands a session serves, as HELP lists them. RFC 5321 §4.1.1.8, §4.5.1. */
import type { Verb } from './order.ts';
import type { SessionState } from './session-state.ts';

export function servedCommands({ options, mechanisms }: SessionState): Verb[] {
  return [
    ...(options.protocol === 'lmtp' ? (['LHLO'] as const) : (['EHLO', 'HELO'] as const)),
    'MAIL',
    'RCPT',
    'DATA',
    ...(options.chunking ? (['BDAT'] as const) : []),
    'RSET',
    'NOOP',
    'VRFY',
    'HELP',
    'QUIT',
    ...(options.startTls ? (['STARTTLS'] as const) : []),
    ...(mechanisms.length > 0 ? (['AUTH'] as const) : []),
  ];
}
