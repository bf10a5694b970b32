/** A configuration from a file, from text, or from an object: checked, with defaults put in and paths made whole. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { codeOf, messageOf } from '../fault.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { GivenConfig } from './domains-schema.ts';
import { mistakesOf, type FoundMistake } from './mistakes.ts';
import { domainMistakes, ownDomains } from './own-domains.ts';
import { configSchema } from './schema.ts';
import { lineOfKey } from './toml-line.ts';

/** Reads a file; rejects with a `ConfigError` that names each mistake, or that the file cannot be read. */
export async function loadConfig(file: string): Promise<Config> {
  const toml = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(file, [{ line: null, key: '', text: unreadable(error) }]);
  });
  return parseConfig(toml, { file });
}

/** Reads TOML text that came from this file; throws a `ConfigError`. Paths are relative to the file. */
export function parseConfig(toml: string, { file }: { file: string }): Config {
  const checked = check(parseToml(toml, file), dirname(resolve(file)));
  if ('config' in checked) return checked.config;
  const mistakes = checked.mistakes.map(({ path, text }) => ({
    line: lineOfKey(toml, path),
    key: path.join('.'),
    text,
  }));
  throw new ConfigError(
    file,
    mistakes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
}

/** Takes an object with the keys of the file; throws a `ConfigError`. Paths are relative to `folder`. */
export function checkConfig(given: object, { folder }: { folder: string }): Config {
  const checked = check(given, resolve(folder));
  if ('config' in checked) return checked.config;
  const mistakes = checked.mistakes.map(({ path, text }) => ({
    line: null,
    key: path.join('.'),
    text,
  }));
  throw new ConfigError('configuration', mistakes);
}

function parseToml(toml: string, file: string): object {
  try {
    return parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The library's message goes on with an excerpt of the text.
    const text = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0]!;
    throw new ConfigError(file, [{ line: error.line, key: '', text: `this is not TOML: ${text}` }]);
  }
}

function check(given: object, folder: string): { config: Config } | { mistakes: FoundMistake[] } {
  const { data, error } = configSchema(folder).safeParse(given, { reportInput: true });
  if (error) return { mistakes: error.issues.flatMap(mistakesOf) };
  const local = data.local_domains.map((domain) => named(domain, data.hostname));
  const mistakes = [...conflicts(data), ...domainMistakes(data, local)];
  return mistakes.length > 0 ? { mistakes } : { config: complete(data) };
}

function complete(checked: GivenConfig): Config {
  const { hostname, local_domains, srs } = checked;
  return {
    ...checked,
    local_domains: local_domains.map((domain) => named(domain, hostname)),
    srs: { ...srs, domain: named(srs.domain, hostname) },
    domains: ownDomains(checked),
  };
}

function named(domain: string, hostname: string): string {
  return domain === '@' ? hostname : domain;
}

/** What is wrong only together with another key. */
function conflicts(config: GivenConfig): FoundMistake[] {
  const { smtp, submission, pop3, tls, dkim, outbound, checks } = config;
  const { smarthost, smarthost_user: user, smarthost_password: password } = outbound;
  const wrong: readonly (readonly [isWrong: boolean, key: string, text: string])[] = [
    [smtp.tls_listen.length > 0 && !tls.certificate, 'smtp.tls_listen', NO_CERTIFICATE],
    [submission.tls_listen.length > 0 && !tls.certificate, 'submission.tls_listen', NO_CERTIFICATE],
    [pop3.tls_listen.length > 0 && !tls.certificate, 'pop3.tls_listen', NO_CERTIFICATE],
    [
      tls.key !== null && !tls.certificate,
      'tls.key',
      'a key needs its certificate; give certificate = "…" too',
    ],
    [
      dkim.domain !== null && !dkim.private_key,
      'dkim.domain',
      'signing needs a key; give private_key = "…" too',
    ],
    [
      dkim.private_key !== null && !dkim.domain,
      'dkim.private_key',
      'signing needs a domain; give domain = "…" too',
    ],
    [
      dkim.seal && !dkim.private_key,
      'dkim.seal',
      'sealing needs a key; give private_key = "…" too',
    ],
    [
      dkim.seal && dkim.private_key !== null && checks.arc.action === 'off',
      'dkim.seal',
      'a seal tells what came of the chain; write action = "on" in [checks.arc]',
    ],
    [
      user !== '' && !smarthost,
      'outbound.smarthost_user',
      'a login needs a host; give smarthost = "…" too',
    ],
    [
      password !== '' && user === '',
      'outbound.smarthost_password',
      'a password needs a user; give smarthost_user = "…" too',
    ],
  ];
  return wrong
    .filter(([isWrong]) => isWrong)
    .map(([, key, text]) => ({ path: key.split('.'), text }));
}

const NO_CERTIFICATE = 'listening with TLS needs a certificate; give certificate = "…" in [tls]';

function unreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT')
    return 'there is no such file; give the path of the configuration with --config';
  if (code === 'EACCES') return 'this file may not be read by the user who runs the server';
  return `it cannot be read: ${messageOf(error)}`;
}
