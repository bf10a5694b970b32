/**
 * The same alias file and the same users, routed by Exim and by us, address by address. Where we differ, and why, stands
 * in exim-routing.json; a difference that is not there is a failure, and so is one that is gone.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMailbox, parseMailbox, parsePath } from '@postino/address';
import { Router, parseAliases, type Route } from '@postino/router';
import { aliasWorlds, type AliasWorld } from './alias-worlds.ts';

const SEED = 7;
const WORLDS = 50;

interface Differences {
  readonly reasons: Readonly<Record<string, string>>;
  /** By address, whose domain names its world: what Exim does, what we do, and which reason that has. */
  readonly cases: Readonly<Record<string, readonly [exim: string, ours: string, reason: string]>>;
}

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const hasExim = spawnSync('sh', ['-c', 'command -v exim4']).status === 0;

test(
  'aliases and users are routed as Exim does, but for what is listed',
  { skip: !hasExim && !required && 'exim4 is not installed' },
  async () => {
    assert.ok(hasExim, 'POSTINO_REQUIRE_CLIENTS=1 demands exim4');
    const worlds = aliasWorlds(SEED, WORLDS);
    const addresses = worlds.flatMap((world) => world.addresses);
    const exim = askExim(worlds);
    const ours = (await Promise.all(worlds.map(askRouter))).flat();
    assert.ok(addresses.length >= 500, `${addresses.length} compared`);
    const found = Object.fromEntries(
      addresses
        .map((address, at) => [address, [exim[at], ours[at]]] as const)
        .filter(([, [theirs, own]]) => theirs !== own),
    );
    if (process.env['POSTINO_SHOW_DIFFERENCES']) console.log(JSON.stringify(found, null, 1));
    const file = join(import.meta.dirname, 'exim-routing.json');
    const { cases, reasons } = JSON.parse(readFileSync(file, 'utf8')) as Differences;
    const listed = Object.entries(cases).map(([key, [exim, ours]]) => [key, [exim, ours]]);
    assert.deepEqual(found, Object.fromEntries(listed));
    const used = new Set(Object.values(cases).map(([, , reason]) => reason));
    assert.deepEqual([...used].toSorted(), Object.keys(reasons).toSorted());
  },
);

/** What we say to each address. */
async function askRouter({ domains, aliases, users, addresses }: AliasWorld): Promise<string[]> {
  const router = new Router({
    localDomains: domains,
    users: new Set(users),
    aliases: parseAliases(aliases).aliases,
    suffixes: ['+', '-'],
  });
  return Promise.all(
    addresses.map(async (address) => outcomeOf(await router.route(parsePath(`<${address}>`)!))),
  );
}

function outcomeOf(route: Route): string {
  if (route.type !== 'deliver') return route.type === 'refuse' ? 'refused' : 'deferred';
  const targets = route.targets.map((target) =>
    target.type === 'local' ? target.user : formatMailbox(target.address),
  );
  const failures = (route.failures ?? []).map(({ reply }) =>
    reply.code < 500 ? 'deferred' : 'refused',
  );
  return outcome([...targets, ...failures]);
}

/** Who gets it, and what fails beside. Nothing at all is what a black hole leaves. */
function outcome(parts: readonly string[]): string {
  return [...new Set(parts)].toSorted().join(', ') || 'discarded';
}

/** What Exim says to each address; one process for all. */
function askExim(worlds: readonly AliasWorld[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  try {
    // Exim gives up its rights where it has any.
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'domains'));
    for (const { domains, aliases } of worlds)
      for (const domain of domains) writeFileSync(join(folder, 'domains', domain), aliases);
    const users = new Set(worlds.flatMap((world) => world.users));
    writeFileSync(join(folder, 'passwd'), [...users].map((user) => `${user}:x::\n`).join(''));
    writeFileSync(join(folder, 'conf'), eximConfiguration(folder));
    const addresses = worlds.flatMap((world) => world.addresses);
    const { stdout, stderr } = spawnSync('exim4', ['-C', join(folder, 'conf'), '-bt'], {
      input: addresses.map((address) => `${address}\n`).join(''),
      encoding: 'utf8',
      timeout: 120_000,
    });
    const [, ...blocks] = stdout.split(/^> /m);
    assert.ok(blocks.length >= addresses.length, stdout + stderr);
    return blocks.slice(0, addresses.length).map(readBlock);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The course's routers, once without the suffix and then with it, so that who is there under the whole name gets the
 * mail; what an alias names stays in the domain that was asked for. Both as with us.
 */
function eximConfiguration(folder: string): string {
  const lookup = (key: string, otherwise: string): string =>
    `\${lookup{${key}}lsearch{${folder}/domains/$domain_data}{$value}{${otherwise}}}`;
  const redirect = `driver = redirect
  domains = +local_domains
  allow_fail
  allow_defer
  qualify_preserve_domain`;
  const aliases = `${redirect}
  data = ${lookup('$local_part@$domain', lookup('$local_part', ''))}`;
  const users = `driver = accept
  domains = +local_domains
  condition = \${lookup{$local_part}lsearch{${folder}/passwd}{yes}{no}}
  transport = local`;
  const suffix = 'local_part_suffix = +* : -*';
  return `primary_hostname = example.org
domainlist local_domains = dsearch;${folder}/domains
spool_directory = ${folder}/spool
log_file_path = ${folder}/log-%s
keep_environment =
begin routers
aliases:
  ${aliases}
users:
  ${users}
aliases_with_suffix:
  ${suffix}
  ${aliases}
users_with_suffix:
  ${suffix}
  ${users}
rest:
  ${redirect}
  data = ${lookup('@$domain', lookup('*', ''))}
abroad:
  driver = accept
  domains = !+local_domains
  transport = abroad
begin transports
local:
  driver = appendfile
  file = /dev/null
  user = mail
abroad:
  driver = smtp
`;
}

/** One answer of `exim -bt`. */
function readBlock(block: string): string {
  const lines = block.split('\n').filter((line) => line !== '' && !/^\s+<-- /.test(line));
  return outcome(lines.flatMap((line, at) => readLine(line, lines[at + 1] ?? '')));
}

function readLine(line: string, next: string): string[] {
  if (/is undeliverable/.test(line)) return ['refused'];
  if (/cannot be resolved at this time/.test(line)) return ['deferred'];
  if (line.startsWith('*** Error')) return ['deferred'];
  const address = line.replace(/ +\[.*$/, '');
  if (/router = users,/.test(next)) return [mailboxOf(address)];
  if (/router = users_with_suffix/.test(next))
    return [mailboxOf(address).replace(/(?:\+|-(?!.*\+)).*$/, '')];
  return /router = abroad/.test(next) ? [formatMailbox(parseMailbox(address)!)] : [];
}

/** Without its quotes, as the name of a user. */
function mailboxOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@')).toLowerCase().replaceAll('"', '');
}
