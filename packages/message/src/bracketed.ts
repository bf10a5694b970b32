/** A path in its angle brackets, as `formatPath()` of `@postino/address` writes it; anything else is a `TypeError`. */
export function bracketed(path: string): string {
  if (!/^<.*>$/s.test(path))
    throw new TypeError(`a path stands in angle brackets: ${JSON.stringify(path)}`);
  return path;
}
