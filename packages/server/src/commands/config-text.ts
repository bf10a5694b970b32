/** The configuration that a server begins with, as a file with comments. */
import { stringify } from 'smol-toml';
import type { RunAs } from '../config/values.ts';

export interface Answers {
  readonly hostname: string;
  readonly domain: string;
  /** The path of a mailbox, with `{user}` in it. */
  readonly mail: string;
  readonly runAs: RunAs | null;
}

/** Paths in it are relative to the file. */
export function configText({ hostname, domain, mail, runAs }: Answers): string {
  return `# Postino's configuration. Every key has a default but hostname; the README of @postino/server lists them all.
# "postino check" says what is amiss, here and in the DNS.

${toml('hostname', hostname)}          # our name: in the greeting, in EHLO, in Received
${toml('local_domains', [domain])} # mail for these is delivered here
data_dir = "data"                 # the queue and all other state
${runAs ? toml('run_as', `${runAs.user}:${runAs.group}`) : '# run_as = "mail:mail"'}            # whom to become when root has started it, since ports below 1024 are for root

[smtp]
listen = ["0.0.0.0:25", "[::]:25"] # mail from other servers

[submission] # mail from our own users, who log in
listen = ["0.0.0.0:587", "[::]:587"]
tls_listen = ["0.0.0.0:465", "[::]:465"]
bind_sender = true # they write in their own names only

[pop3]
listen = ["0.0.0.0:110", "[::]:110"]
tls_listen = ["0.0.0.0:995", "[::]:995"]

[tls] # self-made, to begin with: put one here that others trust; it is read again when it changes
certificate = "certificate.pem"
key = "key.pem"

[users]
passwd = "passwd" # lines "user:hash::"

[aliases]
file = "aliases" # lines "name: target, target"

[maildir]
${toml('path', mail)}

[dkim] # what goes out is signed
${toml('domain', domain)}
selector = "dkim"
private_key = "dkim.key"

# Mail from outside is judged. "warn" marks it for its reader; "reject" and "defer" refuse it; "off" does not look.
[checks.spf]
action = "warn"
[checks.dkim]
action = "warn"
[checks.dmarc]
action = "warn"
[checks.rdns]
action = "warn"
[checks.dnsbl]
zones = ["zen.spamhaus.org"]
action = "warn"
`;
}

function toml(key: string, value: string | readonly string[]): string {
  return stringify({ [key]: value }).trim();
}
