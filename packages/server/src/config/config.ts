/** The configuration as the server uses it. Names are those of the file; sizes are octets, times milliseconds. Types only. */
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
  readonly users: { readonly passwd: string };
  readonly aliases: AliasesConfig;
  readonly maildir: MaildirConfig;
  readonly limits: LimitsConfig;
  readonly log: { readonly level: LogLevel };
  /** Sections that were given and checked, and whose features do not exist yet. */
  readonly without_effect: readonly string[];
}

export interface SmtpConfig {
  readonly listen: readonly ListenAddress[];
  readonly tls_listen: readonly ListenAddress[];
  readonly max_message_size: number;
  readonly allow_plaintext_auth: boolean;
}

export interface Pop3Config {
  readonly listen: readonly ListenAddress[];
  readonly tls_listen: readonly ListenAddress[];
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
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
