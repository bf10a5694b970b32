/** What a server tells of a connection. Types only. */
import type { Wire } from '@postino/wire';

/** Who is connected, and how: what is known before a word is said. `tls` follows the wire. */
export type Connection = Pick<Wire, 'peer' | 'local' | 'tls'>;
