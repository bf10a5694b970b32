/** The router over the server's own files. */
import type { PasswdFile } from '@postino/passwd-md5';
import {
  parseAliases,
  Router,
  type AliasLookup,
  type OwnDomainOptions,
  type Postmaster,
} from '@postino/router';
import type { Accounts } from './accounts.ts';
import { AliasFile } from './alias-file.ts';
import type { Config, DomainConfig } from './config/config.ts';
import { concerning } from './fault.ts';
import type { Logger } from './log.ts';

/** Opens all alias files; rejects with an error that names the key of one that cannot be read. */
export async function openRouter(config: Config, accounts: Accounts, log: Logger): Promise<Router> {
  const { local_domains: localDomains, aliases: given } = config;
  const { shared: users } = accounts;
  const aliases = await openAliases('aliases.file', given.file, log);
  const postmaster = given.postmaster ?? firstOf(users, null);
  const domains = new Map<string, OwnDomainOptions>();
  for (const own of config.domains) {
    const isShared = own.passwd === null && own.aliases === given.file;
    const key = `domains."${own.domain}".aliases`;
    const found = isShared ? aliases : await openAliases(key, own.aliases, log);
    domains.set(own.domain, {
      ...usersOf(own, { accounts, postmaster, first: localDomains[0] }),
      aliases: own.catch_all === null ? found : withCatchAll(found, own.catch_all),
      suffixes: own.suffix_separators,
    });
  }
  const { suffix_separators: suffixes } = given;
  return new Router({ localDomains, users, aliases, suffixes, postmaster, domains });
}

interface Shared {
  readonly accounts: Accounts;
  readonly postmaster: Postmaster;
  /** The first domain of the users with bare names, if there is one. */
  readonly first: string | undefined;
}

/** Who has mailboxes in a domain, and who of them is its postmaster: the one of all where there is nobody else. */
function usersOf(own: DomainConfig, { accounts, postmaster, first }: Shared): OwnDomainOptions {
  const users = accounts.of(own.domain);
  if (!users) return { postmaster: own.postmaster ?? postmaster };
  const otherwise = first === undefined ? null : `postmaster@${first}`;
  return { users, postmaster: own.postmaster ?? firstOf(users, otherwise) };
}

/** Whether somebody here gets the mail for the postmaster of a domain; of `''`, without one. RFC 5321 §4.5.1. */
export async function hasPostmaster(router: Router, domain: string): Promise<boolean> {
  const route = await router.route({ localPart: 'postmaster', domain });
  return route.type === 'deliver' && route.targets.some(({ type }) => type === 'local');
}

/** The first user of a file, as it is when somebody asks. */
function firstOf(users: PasswdFile, otherwise: string | null): Postmaster {
  return async () => (await users.users())[0] ?? otherwise;
}

/** An alias file, read again when it changes; no aliases where there is none. */
async function openAliases(key: string, path: string | null, log: Logger): Promise<AliasLookup> {
  if (path === null) return new Map<string, never>();
  const file = AliasFile.open(path, {
    onReload(faults) {
      log.info({ file: path }, 'aliases read again');
      for (const fault of faults)
        log.error({ file: path, ...fault }, 'alias at fault, its mail waits');
    },
  });
  return concerning(key, file);
}

/** The same aliases, and one that takes the rest. */
function withCatchAll(aliases: AliasLookup, target: string): AliasLookup {
  const rest = parseAliases(`*: ${target}`).aliases;
  return { get: async (key) => (await aliases.get(key)) ?? rest.get(key) };
}
