/**
 * Errors of the DNS, with the codes that node gives them, and the one question that matters of each: is it an answer?
 */

/** What node says a lookup came to: the two that mean none, and kinds of trouble. */
export type DnsErrorCode =
  | 'ENOTFOUND'
  | 'ENODATA'
  | 'ETIMEOUT'
  | 'ESERVFAIL'
  | 'EREFUSED'
  | 'EBADNAME'
  | 'EBADRESP'
  | 'ECONNREFUSED'
  | 'ECANCELLED';

/** A lookup that gave no records, in the shape of node's errors. */
export class DnsError extends Error {
  override readonly name = 'DnsError';
  readonly code: DnsErrorCode;
  /** The name that was asked for. */
  readonly hostname: string;
  /** `queryMx` and so on. */
  readonly syscall: string;

  constructor(code: DnsErrorCode, type: string, hostname: string) {
    const syscall = `query${type.charAt(0)}${type.slice(1).toLowerCase()}`;
    super(`${syscall} ${code} ${hostname}`);
    this.code = code;
    this.hostname = hostname;
    this.syscall = syscall;
  }
}

/** Whether an error is the answer that there is nothing: no such name, or no such records. All else is trouble. */
export function isNone(error: unknown): boolean {
  return isNoSuchName(error) || codeOf(error) === 'ENODATA';
}

/** Whether an error is the answer that the name does not exist: NXDOMAIN. */
export function isNoSuchName(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
