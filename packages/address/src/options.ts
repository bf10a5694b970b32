/** What an address may look like beyond RFC 5321 with fully qualified domains. */
export interface AddressOptions {
  /** Take UTF-8 in local parts and U-labels in domains; default false. RFC 6531 §3.3. */
  readonly smtputf8?: boolean;
  /**
   * Take a domain of one label, such as `localhost`; default false. The grammar has it (RFC 5321 §4.1.2), but only
   * fully qualified names belong on the public Internet (§2.3.5).
   */
  readonly singleLabel?: boolean;
}
