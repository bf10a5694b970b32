/** The order in which messages came, as far as their names tell it. */

type Arrival = readonly [seconds: number, microseconds: number, count: number];

/** The oldest first: by seconds, microseconds and the process's count; then by name, so that it is always the same. */
export function byArrival<T extends { readonly name: string }>(messages: readonly T[]): T[] {
  return messages
    .map((message) => ({ message, arrival: arrivalOf(message.name) }))
    .toSorted((a, b) => compare(a.arrival, b.arrival) || (a.message.name < b.message.name ? -1 : 1))
    .map(({ message }) => message);
}

/** A name that does not begin with a time is taken for the oldest. */
function arrivalOf(name: string): Arrival {
  const [, seconds = 0, microseconds = 0, count = 0] =
    /^(\d{1,15})\.(?:M(\d{1,9}))?(?:P\d+Q(\d{1,15}))?/.exec(name) ?? [];
  return [Number(seconds), Number(microseconds), Number(count)];
}

function compare(a: Arrival, b: Arrival): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
