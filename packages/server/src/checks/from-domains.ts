/** In whose name a message says that it comes. */
import { domainToAscii, parseAddressList } from '@postino/address';
import { fieldBody, type HeaderBlock } from '@postino/message';

/** The domain of each address in a From field; in A-labels, where the domain has them. RFC 7489 §6.6.1. */
export function fromDomains(header: HeaderBlock): string[] {
  const domains = header.findAll('From').flatMap((field) => domainsIn(fieldBody(field)));
  return [...new Set(domains.map((domain) => domainToAscii(domain) ?? domain))];
}

/** A value that breaks the grammar still shows its reader an address: then all that looks like a domain counts. */
function domainsIn(value: string): string[] {
  const list = parseAddressList(value);
  if (!list) return [...value.matchAll(/@\s*([^\s@<>()[\]",:;\\]+)/g)].map(([, domain]) => domain!);
  const mailboxes = list.flatMap((entry) => ('group' in entry ? entry.group : [entry]));
  return mailboxes.map(({ address }) => address.slice(address.lastIndexOf('@') + 1));
}
