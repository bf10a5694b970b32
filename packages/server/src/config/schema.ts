/** The form of the file: every key, its default, and what is said when its value is none. */
import { resolve } from 'node:path';
import { parseList } from '@postino/dnsbl';
import { isNewScheme, NEW_SCHEMES, type NewScheme } from '@postino/passwd-md5';
import * as z from 'zod';
import { isUidlFormat } from '@postino/maildir';
import { DELIVERY_HEADERS } from '@postino/message';
import { parseRetryRule, type RetryRule } from '@postino/queue';
import { domainsSchema, isMailFolder, type GivenConfig } from './domains-schema.ts';
import { orNone, reading, readUser, section, separator, subsection } from './keys.ts';
import * as values from './values.ts';

/** The schema of a file that lies in this folder: its paths are relative to it. */
export function configSchema(folder: string): z.ZodType<GivenConfig> {
  const file = z
    .string()
    .min(1, '"" is no path')
    .transform((path) => resolve(folder, path));
  const fileOrNone = z.string().transform((path) => (path === '' ? null : resolve(folder, path)));
  return section({
    hostname,
    local_domains: z.array(localDomain).prefault(['@']),
    data_dir: file.prefault('/var/lib/postino'),
    run_as: orNone(values.readRunAs, 'no user and group; write both, as "mail:mail"').prefault(''),
    smtp: subsection({
      listen: z.array(listenAddress).prefault(['0.0.0.0:25', '[::]:25']),
      tls_listen: z.array(listenAddress).prefault([]),
      proxy_protocol_from: z.array(network).prefault([]),
      max_message_size: size.prefault('50MB'),
      dsn: z.boolean().prefault(true),
      chunking: z.boolean().prefault(true),
      allow_plaintext_auth: z.boolean().prefault(false),
    }),
    pop3: subsection({
      listen: z.array(listenAddress).prefault(['0.0.0.0:110', '[::]:110']),
      tls_listen: z.array(listenAddress).prefault([]),
      proxy_protocol_from: z.array(network).prefault([]),
      greeting: greeting.prefault('Postino ready.'),
      allow_plaintext_auth: z.boolean().prefault(false),
    }),
    tls: subsection({ certificate: fileOrNone.prefault(''), key: fileOrNone.prefault('') }),
    users: subsection({
      passwd: file.prefault('/etc/mail/passwd'),
      rehash: orNone(readNewScheme, `no scheme; known are ${NEW_SCHEMES.join(', ')}`).prefault(''),
    }),
    aliases: subsection({
      file: fileOrNone.prefault(''),
      suffix_separators: z.array(separator).prefault(['+', '-']),
      postmaster: orNone(readUser, 'no name of a user').prefault(''),
    }),
    maildir: subsection({
      path: mailFolder.transform((path) => resolve(folder, path)).prefault('/var/mail/{user}'),
      mode: reading(values.readMode, 'no mode of a file; write it in octal, as "0660"').prefault(
        '0600',
      ),
      line_ends: z.enum(['lf', 'crlf']).prefault('lf'),
      quota: orNone(
        values.readSize,
        'no size; write a whole number and a unit (B, KB, MB, GB), as "1GB"',
      ).prefault(''),
      uidl_format: orNone(
        readUidlFormat,
        'no pop3_uidl_format that is understood; write Dovecot\'s default as "%08Xu%08Xv"',
      ).prefault(''),
      delivery_headers: z.array(deliveryHeader).prefault([...DELIVERY_HEADERS]),
    }),
    domains: domainsSchema(folder),
    limits: subsection({
      connections: count.prefault(1000),
      connections_per_address: count.prefault(100),
      errors: count.prefault(10),
      recipients: count.prefault(1000),
      guesses: count.prefault(3),
      guess_delay: time.prefault('30s'),
      line_time: time.prefault('5m'),
      session_time: time.prefault('1h'),
      header_size: size.prefault('1MB'),
      received: count.prefault(100),
      disk_reserve: size.prefault('50MB'),
      stop_time: time.prefault('10s'),
      messages_per_hour: count.prefault(200),
      recipients_per_hour: count.prefault(1000),
    }),
    log: subsection({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).prefault('info'),
    }),
    metrics: subsection({
      listen: orNone(values.readListenAddress, NO_LISTEN_ADDRESS).prefault(''),
    }),
    ...sending(fileOrNone),
    checks: subsection({
      // A client waits five minutes for an answer to RCPT, and ten for one to its content: RFC 5321 §4.5.3.2.
      dnsbl: subsection({
        zones: z.array(dnsList).prefault([]),
        action,
        timeout: time.prefault('5s'),
      }),
      // RFC 7208 §4.6.4.
      spf: subsection({
        action,
        timeout: time.prefault('20s'),
        received_spf: z.boolean().prefault(false),
      }),
      dkim: subsection({ action, timeout: time.prefault('20s') }),
      arc: subsection({
        action: z.enum(['on', 'off']).prefault('off'),
        timeout: time.prefault('20s'),
      }),
      dmarc: subsection({ action, timeout: time.prefault('20s') }),
      sender: subsection({ action, timeout: time.prefault('20s') }),
      rdns: subsection({ action, timeout: time.prefault('5s') }),
    }),
  });
}

/** Mail that goes out: who may hand it in, how it is signed, kept and sent. */
function sending(fileOrNone: z.ZodType<string | null, string>) {
  return {
    submission: subsection({
      listen: z.array(listenAddress).prefault([]),
      tls_listen: z.array(listenAddress).prefault([]),
      proxy_protocol_from: z.array(network).prefault([]),
      bind_sender: z.boolean().prefault(false),
      verify_recipients: z.boolean().prefault(false),
      hide_client: z.boolean().prefault(false),
    }),
    outbound: subsection({
      interface: orNone(values.readAddress, 'no IP address').prefault(''),
      port: z.int().min(1).max(65_535).prefault(25),
      ignore_target_hosts: z.array(network).prefault(['0.0.0.0', '127.0.0.0/8', '::1']),
      smarthost: orNone(
        values.readHostAndPort,
        'no host with a port; write it as "mail.example.net:587"',
      ).prefault(''),
      smarthost_user: z.string().prefault(''),
      smarthost_password: z.string().prefault(''),
      retry: reading(
        readRetryRule,
        'no retry rule; write it as "F,2h,15m; G,16h,1h,1.5; F,4d,6h"',
      ).prefault('F,2h,15m; G,16h,1h,1.5; F,4d,6h'),
    }),
    queue: subsection({
      attempts: count.prefault(50),
      attempts_per_destination: count.prefault(5),
      warn_after: time.prefault('1d'),
    }),
    dkim: subsection({
      domain: orNone(values.readHostname, 'no domain').prefault(''),
      selector: reading(values.readHostname, 'no selector; write a DNS label, as "dkim"').prefault(
        'dkim',
      ),
      private_key: fileOrNone.prefault(''),
      canonicalization: z.enum(['relaxed', 'simple']).prefault('relaxed'),
      seal: z.boolean().prefault(false),
    }),
    srs: subsection({
      domain: localDomain.prefault('@'),
      secrets: z.array(secret).prefault([]),
    }),
    dns: subsection({ servers: z.array(dnsServer).prefault([]) }),
  };
}

const size = reading(
  values.readSize,
  'no size; write a whole number and a unit (B, KB, MB, GB), as "50MB"',
);
const time = reading(
  values.readTime,
  'no time of at most 24 days; write a whole number and a unit (s, m, h, d), as "5m"',
);
const count = z.int().min(1);
const NO_LISTEN_ADDRESS =
  'no address to listen on; write an IP address and a port up to 65535, as "0.0.0.0:25" or "[::]:25"';
const listenAddress = reading(values.readListenAddress, NO_LISTEN_ADDRESS);
const hostname = reading(
  values.readHostname,
  'no host name; write a domain name, as "mail.example.org"',
);
const network = reading(
  values.readNetwork,
  'no IP address or network; write it as "127.0.0.0/8" or "::1"',
);
const dnsServer = reading(
  values.readDnsServer,
  'no address of a DNS server; write it as "127.0.0.1:5353"',
);
const secret = z.string().refine((text) => text.length >= 16, {
  error: 'this is too short for a secret; write at least 16 characters, drawn at random',
});
const action = z.enum(['warn', 'defer', 'reject', 'off']).prefault('off');
const dnsList = reading(
  readDnsList,
  'no black list; write its zone, as "zen.spamhaus.org", or also which answers count, as "zen.spamhaus.org=127.0.0.2"',
);
const deliveryHeader = z.enum(DELIVERY_HEADERS);
const localDomain = reading(
  (text) => (text === '@' ? text : values.readHostname(text)),
  'no domain; write "@" for the hostname, or a domain name, as "example.org"',
);
const greeting = reading(
  (text) => (/^[ -;=-~]{1,400}$/.test(text) ? text : null),
  'no greeting; write one line of ASCII of at most 400 characters, without "<"',
);
const mailFolder = reading(
  (text) => (isMailFolder(text, ['{user}']) && !text.includes('{domain}') ? text : null),
  'no path of mailboxes; write "{user}" as one whole folder name in it, as "/var/mail/{user}"',
);

function readNewScheme(text: string): NewScheme | null {
  const name = text.toUpperCase();
  return isNewScheme(name) ? name : null;
}

function readUidlFormat(text: string): string | null {
  return isUidlFormat(text) ? text : null;
}

/** `"zen.spamhaus.org"`, `"zen.spamhaus.org=127.0.0.2"`: see `parseList`. */
function readDnsList(text: string): string | null {
  try {
    parseList(text);
    return text;
  } catch {
    return null;
  }
}

/** `"F,2h,15m; G,16h,1h,1.5"`: until when, how often, and how much longer each time. */
function readRetryRule(text: string): RetryRule | null {
  try {
    return parseRetryRule(text);
  } catch {
    return null;
  }
}
