/** How long checks may take, in milliseconds. What is not known by then stays unknown, and harms nobody. */
export interface CheckTimes {
  /** For all black lists together. */
  readonly dnsbl: number;
  readonly rdns: number;
  readonly spf: number;
  /** For what is still unknown at the end of the content: keys of DKIM, policy of DMARC. */
  readonly content: number;
}

/** A client waits five minutes for an answer to MAIL, and ten for one to its content. RFC 5321 §4.5.3.2. */
export const CHECK_TIMES: CheckTimes = {
  dnsbl: 5000, // our choice
  rdns: 5000, // our choice
  spf: 20_000, // RFC 7208 §4.6.4
  content: 20_000, // our choice
};
