/**
 * The names of a client's address that lead back to it: for the mechanism `ptr` and the macro `p`. RFC 7208 §5.5.
 */
import { isWithin, withoutDot } from './domain.ts';
import { SpfException } from './exception.ts';
import { inNetwork, parseClient, type IpAddress } from './ip.ts';
import type { Lookups } from './lookups.ts';

/** What the reverse zone says of a client. */
export interface ClientNames {
  /** Names that lead back to the client. */
  readonly validated: readonly string[];
  /** The DNS was asked, and has no name at all: for a term that is a void lookup. RFC 7208 §4.6.4. */
  readonly none: boolean;
}

/** Trouble with the PTR records means no names, trouble with a name's addresses passes that name over. RFC 7208 §5.5. */
export async function findNames(client: IpAddress, lookups: Lookups): Promise<ClientNames> {
  const pointers = await orTrouble(lookups.pointers(client), lookups);
  const validated: string[] = [];
  for (const name of pointers?.slice(0, lookups.names) ?? []) {
    const addresses = await orTrouble(lookups.addresses(name, client), lookups);
    if (addresses?.some((address) => isAddress(address, client))) validated.push(withoutDot(name));
  }
  return { validated, none: pointers?.length === 0 };
}

/** What the macro `p` stands for: the domain itself, else a name below it, else any. RFC 7208 §7.3. */
export function bestName(names: readonly string[], domain: string): string {
  return (
    names.find((name) => name.toLowerCase() === domain.toLowerCase()) ??
    names.find((name) => isWithin(name, domain)) ??
    names[0] ??
    'unknown'
  );
}

function isAddress(text: string, client: IpAddress): boolean {
  const address = parseClient(text);
  return address !== null && inNetwork(client, address, client.length * 8);
}

/** Null for trouble. To be cancelled is the end of the check, and no trouble of the name's. */
async function orTrouble(answer: Promise<string[]>, lookups: Lookups): Promise<string[] | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SpfException && !lookups.cancelled) return null;
    throw error;
  }
}
