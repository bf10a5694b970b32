/** Domains for themselves: what they take from the rest of the file, and what cannot be meant. */
import type { DomainConfig } from './config.ts';
import type { GivenConfig, GivenDomain } from './domains-schema.ts';
import type { FoundMistake } from './mistakes.ts';

/** The domains with all that they left to the rest of the file. */
export function ownDomains(config: GivenConfig): DomainConfig[] {
  return config.domains.map((given) => {
    const { written: _, saysAliases, ...rest } = given;
    const takesAliases = !saysAliases && given.passwd === null;
    return {
      ...rest,
      aliases: takesAliases ? config.aliases.file : given.aliases,
      maildir: mailFolderOf(given, config),
      suffix_separators: given.suffix_separators ?? config.aliases.suffix_separators,
    };
  });
}

/** `local`: the names of the other domains whose mail is ours. */
export function domainMistakes(config: GivenConfig, local: readonly string[]): FoundMistake[] {
  const seen = new Set(local);
  const folders = new Map([[config.maildir.path, 'the users of [users]']]);
  return config.domains.flatMap((given) => {
    const found = [...repeated(given, seen), ...misplaced(given, config, folders)];
    seen.add(given.domain);
    if (given.passwd !== null) folders.set(mailFolderOf(given, config), given.domain);
    return found;
  });
}

function repeated({ domain, written }: GivenDomain, seen: ReadonlySet<string>): FoundMistake[] {
  if (!seen.has(domain)) return [];
  const text = `${domain} is listed twice; a domain stands in local_domains or has one section`;
  return [{ path: ['domains', written], text }];
}

function misplaced(
  given: GivenDomain,
  config: GivenConfig,
  folders: ReadonlyMap<string, string>,
): FoundMistake[] {
  const path = ['domains', given.written, 'maildir'];
  if (given.passwd === null)
    return given.maildir === null
      ? []
      : [{ path, text: 'mailboxes of its own need users of its own; give passwd = "…" too' }];
  const folder = mailFolderOf(given, config);
  for (const [other, whose] of folders)
    if (isWithin(folder, other) || isWithin(other, folder)) {
      const text = `mailboxes would lie in those of ${whose}; write {domain} in the path, as "/var/mail/{domain}/{user}"`;
      return [{ path, text }];
    }
  return [];
}

/** Without a path of its own it is that of all users, for folders that are named like addresses. */
function mailFolderOf({ domain, maildir }: GivenDomain, config: GivenConfig): string {
  const path = maildir ?? config.maildir.path.replace('{user}', '{user}@{domain}');
  return path.replaceAll('{domain}', domain);
}

function isWithin(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}/`);
}
