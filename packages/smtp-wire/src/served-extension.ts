/** Extensions that the application serves by itself, over the parameters of MAIL and RCPT. RFC 5321 §2.2.2, §4.1.1.11. */

/** Whether a value is good; `true` stands for a parameter that has none. */
export type ParamCheck = (value: string | true) => boolean;

/** By keyword, in capitals. */
export type ParamChecks = Readonly<Record<string, ParamCheck>>;

export interface ServedExtension {
  /** Its line in the answer to EHLO, such as `DELIVERBY 30`. */
  readonly ehlo: string;
  /** What MAIL may say then; the application finds it in `params.extra`. */
  readonly mail?: ParamChecks;
  /** What RCPT may say then. */
  readonly rcpt?: ParamChecks;
}

/** A keyword and what follows it, printable ASCII. RFC 5321 §4.1.1.1. */
const EHLO_LINE = /^[A-Z0-9][A-Z0-9-]*(?: [!-~]+)*$/;
/** `esmtp-keyword`. RFC 5321 §4.1.2. */
const KEYWORD = /^[A-Z0-9][A-Z0-9-]*$/;

/** Whether it can be served as it is described. */
export function isServable({ ehlo, mail = {}, rcpt = {} }: ServedExtension): boolean {
  return (
    EHLO_LINE.test(ehlo) && Object.keys({ ...mail, ...rcpt }).every((key) => KEYWORD.test(key))
  );
}
