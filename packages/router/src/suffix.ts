/** Sub-addresses: `bob+anything` and `bob-anything` reach `bob`. */

/**
 * The local part before its suffix, or null where it has none or nothing stands before it. The first separator that
 * occurs anywhere counts, and of it the leftmost place; what comes out is not cut again.
 */
export function stripSuffix(localPart: string, separators: readonly string[]): string | null {
  const separator = separators.find((one) => localPart.includes(one));
  return separator === undefined ? null : localPart.slice(0, localPart.indexOf(separator)) || null;
}
