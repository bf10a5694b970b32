/**
 * Which results of SPF and DKIM speak for a From domain. RFC 7489 §3.1; RFC 9989 §4.10.2.
 */
import type { Finder } from './discovery.ts';
import { canonical } from './organizational-domain.ts';
import type { AlignmentMode, DmarcRecord } from './record.ts';
import type { DmarcQuery } from './types.ts';

/**
 * Which mechanisms have this result for a domain that aligns with the From domain. Trouble with the DNS over one domain takes
 * nothing from what others say; it rejects when nothing speaks for the From domain, and that one might.
 */
export async function mechanismsWith(
  result: string,
  from: string,
  { adkim, aspf }: DmarcRecord,
  { dkim, spf, found }: Pick<DmarcQuery, 'dkim' | 'spf'> & { readonly found: Finder },
): Promise<('dkim' | 'spf')[]> {
  const troubles: Error[] = [];
  const speaks = async (domain: string, mode: AlignmentMode): Promise<boolean> => {
    try {
      return await aligns(domain, from, mode, found);
    } catch (error) {
      troubles.push(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  };
  const mechanisms: ('dkim' | 'spf')[] = [];
  const signatures = dkim.filter((signature) => signature.result === result);
  for (const { domain = '' } of signatures) {
    if (!(await speaks(domain, adkim))) continue;
    mechanisms.push('dkim');
    break;
  }
  if (spf?.result === result && (await speaks(spf.domain, aspf))) mechanisms.push('spf');
  if (mechanisms.length === 0 && troubles[0]) throw troubles[0];
  return mechanisms;
}

async function aligns(
  identifier: string,
  from: string,
  mode: AlignmentMode,
  found: Finder,
): Promise<boolean> {
  const domain = canonical(identifier);
  if (domain === from || mode === 's') return domain === from;
  const organization = await found.organization(from);
  // Looked at first, so that a stranger's domains cost no questions to the DNS.
  const within = domain === organization || domain.endsWith(`.${organization}`);
  return within && (await found.organization(domain)) === organization;
}
