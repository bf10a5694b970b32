/** Node's code of an error, `ENOSPC`; undefined for what is no such error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Whether an error says that nothing of that name is there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
