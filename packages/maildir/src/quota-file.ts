/**
 * The grammar of `maildirsize`, as https://www.courier-mta.org/imap/README.maildirquota.html has it: the limits,
 * `10000000S,1000C`, then a line of octets and messages for all that was counted, and for each change after that.
 */

/** What a mailbox may hold, or holds. */
export interface Quota {
  /** Octets on disk; no limit where it is left out. */
  readonly octets?: number;
  /** No limit where it is left out. */
  readonly messages?: number;
}

export interface Usage {
  readonly octets: number;
  readonly messages: number;
}

/** The sum of a file, and how many lines were summed. */
export interface Sum extends Usage {
  readonly lines: number;
}

/** The first line. */
export function formatQuota({ octets, messages }: Quota): string {
  const limits = [
    ...(octets === undefined ? [] : [`${octets}S`]),
    ...(messages === undefined ? [] : [`${messages}C`]),
  ];
  return limits.join(',');
}

/** A line of what is there, or has changed. */
export function formatUsage({ octets, messages }: Usage): string {
  return `${octets} ${messages}\n`;
}

/** The sum of a file that has these limits; null where it has others, is cut off, or cannot be true. */
export function sumOf(text: string, quota: Quota): Sum | null {
  const [limits, ...lines] = text.split('\n');
  // After the last line end there is nothing, unless a write was cut off.
  if (limits !== formatQuota(quota) || lines.pop() !== '' || lines.length === 0) return null;
  let octets = 0;
  let messages = 0;
  for (const line of lines) {
    const [, size, count] = /^\s*(-?\d{1,15})\s+(-?\d{1,15})\s*$/.exec(line) ?? [];
    octets += Number(size);
    messages += Number(count);
  }
  // NaN is not greater either.
  return octets >= 0 && messages >= 0 ? { octets, messages, lines: lines.length } : null;
}
