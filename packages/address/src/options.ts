/** What an address may hold beyond ASCII and fully qualified domains. */
export interface AddressOptions {
  /** Take UTF-8 in local parts and U-labels in domains; default false. RFC 6531 §3.3. */
  readonly smtputf8?: boolean;
  /**
   * Take a domain of one label, such as `localhost`; default false: what is not fully qualified has no place on the
   * public Internet. RFC 5321 §2.3.5.
   */
  // Deviation: off by default, though the grammar has it (RFC 5321 §4.1.2).
  readonly singleLabel?: boolean;
}
