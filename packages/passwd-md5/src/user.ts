/** The names that users may have: they become names of folders, so nothing else may pass. */

// Only ASCII may match before the case is folded: the Kelvin sign, for one, would fold to a plain k.
const USER = /^[A-Za-z0-9_@-][A-Za-z0-9._@-]*$/;

/** A user's name as it is looked up, in lower case; null when it is not `[a-z0-9._@-]+` without a leading dot. */
export function canonicalUser(name: string): string | null {
  return USER.test(name) ? name.toLowerCase() : null;
}
