/** A message that was listed is no longer there: another session or program removed it. */
export class GoneError extends Error {
  readonly code = 'GONE';
  /** The entry's name. */
  readonly entry: string;

  constructor(entry: string) {
    super(`the message ${entry} is gone`);
    this.name = 'GoneError';
    this.entry = entry;
  }
}
