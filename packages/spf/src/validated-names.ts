/**
 * The names of a client's address that lead back to it: for the mechanism `ptr` and the macro `p`. RFC 7208 §5.5.
 */
import { isWithin, withoutDot } from './domain.ts';
import { SpfException } from './exception.ts';
import { inNetwork, parseClient, type IpAddress } from './ip.ts';
import type { Lookups } from './lookups.ts';

/** Trouble with the PTR records means no names, trouble with a name's addresses passes that name over. RFC 7208 §5.5. */
export async function validatedNames(client: IpAddress, lookups: Lookups): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await untroubled(lookups.pointers(client))).slice(0, lookups.names)) {
    const addresses = await untroubled(lookups.addresses(name, client));
    if (addresses.some((address) => isAddress(address, client))) names.push(withoutDot(name));
  }
  return names;
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

async function untroubled(answer: Promise<string[]>): Promise<string[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SpfException) return [];
    throw error;
  }
}
