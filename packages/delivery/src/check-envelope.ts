/** Whether an envelope can be written as commands: asked before anything is done about any of its recipients. */
import { formatPath, isNullPath, type Envelope } from '@postino/address';

/** Throws a `TypeError` where it cannot: nothing that holds CR, LF or NUL gets further. RFC 5321 §4.1.1.2, §4.1.1.3. */
export function checkEnvelope({ from, to }: Envelope): void {
  if (to.length === 0) throw new TypeError('an envelope has a recipient');
  formatPath(from);
  for (const { address } of to) {
    if (isNullPath(address)) throw new TypeError('the null path is no recipient');
    formatPath(address);
  }
}
