/** What stands for each letter of a macro. RFC 7208 §7.2, §7.3. */
import type { Sender } from './domain.ts';
import { dottedIp, formatIp, type IpAddress } from './ip.ts';

/** RFC 7208 §7.1. */
export type MacroLetter = 's' | 'l' | 'o' | 'd' | 'i' | 'p' | 'h' | 'c' | 'r' | 't' | 'v';

/** What the letters are about. */
export interface MacroContext {
  readonly sender: Sender;
  /** The domain whose record is evaluated. */
  readonly domain: string;
  readonly client: IpAddress;
  readonly helo: string;
  readonly receiver: string;
  /** The validated name of the client; nobody asks for it unless `p` is used. */
  readonly name: string;
  /** Milliseconds since the Epoch. */
  readonly now: () => number;
}

export const MACRO_VALUES: Readonly<Record<MacroLetter, (context: MacroContext) => string>> = {
  s: ({ sender }) => `${sender.localPart}@${sender.domain}`,
  l: ({ sender }) => sender.localPart,
  o: ({ sender }) => sender.domain,
  d: ({ domain }) => domain,
  i: ({ client }) => dottedIp(client),
  p: ({ name }) => name,
  h: ({ helo }) => helo,
  c: ({ client }) => formatIp(client),
  r: ({ receiver }) => receiver,
  t: ({ now }) => String(Math.floor(now() / 1000)),
  v: ({ client }) => (client.length === 4 ? 'in-addr' : 'ip6'),
};

export function isMacroLetter(text: string): text is MacroLetter {
  return Object.hasOwn(MACRO_VALUES, text);
}
