/** The configuration as the server uses it. Names are those of the file; sizes are octets, times milliseconds. Types only. */
import type { LineEnds } from '@postino/maildir';
import type { DeliveryHeader } from '@postino/message';
import type { NewScheme } from '@postino/passwd-md5';
import type { RetryRule } from '@postino/queue';
import type { ListenAddress, RunAs } from './values.ts';

export interface Config {
  /** Our name: in the greeting, in EHLO, in Received. */
  readonly hostname: string;
  /** The domains whose users live here; `@` was replaced by the hostname. */
  readonly local_domains: readonly string[];
  /** The queue and all other state; locked while the server runs. */
  readonly data_dir: string;
  /** Null: stay who we are. */
  readonly run_as: RunAs | null;
  readonly smtp: SmtpConfig;
  readonly pop3: Pop3Config;
  readonly tls: TlsConfig;
  readonly users: UsersConfig;
  readonly aliases: AliasesConfig;
  readonly maildir: MaildirConfig;
  /** More domains of ours, each for itself. */
  readonly domains: readonly DomainConfig[];
  readonly submission: SubmissionConfig;
  readonly outbound: OutboundConfig;
  readonly queue: QueueConfig;
  readonly dkim: DkimConfig;
  readonly srs: SrsConfig;
  /** Of DNS servers, as `127.0.0.1:5353`; none: the system's. */
  readonly dns: { readonly servers: readonly string[] };
  readonly checks: ChecksConfig;
  readonly limits: LimitsConfig;
  readonly log: { readonly level: LogLevel };
  /** Null: nothing is counted. */
  readonly metrics: { readonly listen: ListenAddress | null };
}

export interface SmtpConfig {
  readonly listen: readonly ListenAddress[];
  readonly tls_listen: readonly ListenAddress[];
  /** Addresses and networks of proxies, whose connections begin with a PROXY header. */
  readonly proxy_protocol_from: readonly string[];
  readonly max_message_size: number;
  /** Whether senders may say what they want to hear. RFC 3461. */
  readonly dsn: boolean;
  readonly chunking: boolean;
  readonly allow_plaintext_auth: boolean;
}

export interface Pop3Config {
  readonly listen: readonly ListenAddress[];
  readonly tls_listen: readonly ListenAddress[];
  /** Addresses and networks of proxies, whose connections begin with a PROXY header. */
  readonly proxy_protocol_from: readonly string[];
  /** What stands after `+OK `. */
  readonly greeting: string;
  readonly allow_plaintext_auth: boolean;
}

/** Both null: no TLS. */
export interface TlsConfig {
  /** The chain in PEM, and the key too where `key` is null. */
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface UsersConfig {
  readonly passwd: string;
  /** What a hash that is guessed fast becomes when somebody logs in with it; null: it stays. */
  readonly rehash: NewScheme | null;
}

export interface AliasesConfig {
  /** Null: no aliases. */
  readonly file: string | null;
  readonly suffix_separators: readonly string[];
  /** Null: the first user of the passwd file. */
  readonly postmaster: string | null;
}

export interface MaildirConfig {
  /** Holds `{user}` as one whole folder name. */
  readonly path: string;
  /** Of each message's file. */
  readonly mode: number;
  /** How lines end on disk. */
  readonly line_ends: LineEnds;
  /** Octets that each user's mailbox may hold; null: no limit. */
  readonly quota: number | null;
  /** Dovecot's `pop3_uidl_format`, for messages that it has listed; null: names are unique-ids. */
  readonly uidl_format: string | null;
  /** What is put on top of each message. */
  readonly delivery_headers: readonly DeliveryHeader[];
}

/** `[domains."example.org"]` */
export interface DomainConfig {
  /** Its name, in the form of the DNS. */
  readonly domain: string;
  /** Of its own users; null: they are those of `[users]`. */
  readonly passwd: string | null;
  /** Null: no aliases. */
  readonly aliases: string | null;
  /** Holds `{user}` within one whole folder name; `{domain}` was replaced. */
  readonly maildir: string;
  readonly suffix_separators: readonly string[];
  /** A user or an address; null: the first user of its file, else the postmaster of all. */
  readonly postmaster: string | null;
  /** A user or an address that gets what nobody else gets; null: that is refused. */
  readonly catch_all: string | null;
}

export interface SubmissionConfig {
  /** Ports for our own users alone. RFC 6409. */
  readonly listen: readonly ListenAddress[];
  /** The same with TLS from the first octet. RFC 8314 §3.3. */
  readonly tls_listen: readonly ListenAddress[];
  /** Addresses and networks of proxies, whose connections begin with a PROXY header. */
  readonly proxy_protocol_from: readonly string[];
  /** Whether a login may send in its own names only. */
  readonly bind_sender: boolean;
  /** Whether recipients abroad are refused at once where the DNS says that they take no mail. */
  readonly verify_recipients: boolean;
  /** Whether `Received` leaves out where a logged-in client is. */
  readonly hide_client: boolean;
}

export interface OutboundConfig {
  /** Our source address; null: the system's choice. */
  readonly interface: string | null;
  /** At the other end. */
  readonly port: number;
  /** Addresses and networks that mail is never sent to. */
  readonly ignore_target_hosts: readonly string[];
  /** Takes all mail that goes out; null: the MX of each domain. */
  readonly smarthost: ListenAddress | null;
  /** Empty: no login. */
  readonly smarthost_user: string;
  readonly smarthost_password: string;
  readonly retry: RetryRule;
}

export interface QueueConfig {
  /** Under way at one time. */
  readonly attempts: number;
  readonly attempts_per_destination: number;
  /** When the sender is told that a message still waits. */
  readonly warn_after: number;
}

export interface DkimConfig {
  /** Null, like the key: nothing is signed. */
  readonly domain: string | null;
  readonly selector: string;
  readonly private_key: string | null;
  readonly canonicalization: 'relaxed' | 'simple';
  /** Whether what is forwarded is sealed with the same key. RFC 8617. */
  readonly seal: boolean;
}

export interface SrsConfig {
  /** `@` was replaced by the hostname. */
  readonly domain: string;
  /** The first signs, all verify; none: senders are not rewritten. */
  readonly secrets: readonly string[];
}

/** What is done about mail from outside that fails a check: `warn` tells its reader, `off` does not look. */
export type CheckAction = 'warn' | 'defer' | 'reject' | 'off';

export interface CheckConfig {
  readonly action: CheckAction;
  /** What is not known by then stays unknown, and harms nobody. */
  readonly timeout: number;
}

export interface ChecksConfig {
  /** The time is for all lists together. */
  readonly dnsbl: CheckConfig & {
    /** Lists in the notation of Exim's `dnslists`, in order. */
    readonly zones: readonly string[];
  };
  readonly spf: CheckConfig & {
    /** Whether `Received-SPF` is added. RFC 7208 §9.1. */
    readonly received_spf: boolean;
  };
  /** The time is for keys that are still unknown at the end of the content. */
  readonly dkim: CheckConfig;
  /** Only looked at: a chain speaks neither for nor against a message. The time is as for DKIM. */
  readonly arc: Omit<CheckConfig, 'action'> & { readonly action: 'on' | 'off' };
  readonly dmarc: CheckConfig;
  /** Whether bounces could reach the sender. The time is for the DNS. */
  readonly sender: CheckConfig;
  /** The client's name: its address leads to it, and it leads back. */
  readonly rdns: CheckConfig;
}

export interface LimitsConfig {
  readonly connections: number;
  readonly connections_per_address: number;
  /** Bad commands in a session. */
  readonly errors: number;
  readonly recipients: number;
  /** Wrong passwords in a session. */
  readonly guesses: number;
  /** The longest wait before a guess from an address that guessed wrong before. */
  readonly guess_delay: number;
  /** For the peer's next command or block of content. */
  readonly line_time: number;
  readonly session_time: number;
  readonly header_size: number;
  /** Received fields in a message before it is taken for a loop. */
  readonly received: number;
  /** What must stay free on the disk. */
  readonly disk_reserve: number;
  /** How long sessions may go on after the order to stop. */
  readonly stop_time: number;
  /** That one login may send in an hour, and their recipients. */
  readonly messages_per_hour: number;
  readonly recipients_per_hour: number;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
