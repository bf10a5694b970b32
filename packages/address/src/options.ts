/** What an address may hold beyond ASCII and fully qualified domains. */
export interface AddressOptions {
  /** Take UTF-8 in local parts and U-labels in domains; default false. RFC 6531 §3.3. */
  readonly smtputf8?: boolean;
  /**
   * Take a domain of one label, such as `localhost`; default false. The grammar has it, but what is not fully
   * qualified stays within one site. RFC 5321 §4.1.2, §2.3.5.
   */
  readonly singleLabel?: boolean;
}
