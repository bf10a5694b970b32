/** Header fields, as the runners ask for them. */
import { parseAuthenticationResults } from '@postino/message';

export function parseAuthResults(value) {
  const read = parseAuthenticationResults(value);
  return (
    read && {
      ...read,
      results: read.results.map(({ properties, ...result }) => ({ ...result, props: properties })),
    }
  );
}
