/** How an evaluation ends before its end. */

/** The exception that a mechanism returns. RFC 7208 §4.6.2. It never leaves this package. */
export class SpfException extends Error {
  override readonly name = 'SpfException';
  readonly result: 'temperror' | 'permerror';

  constructor(result: 'temperror' | 'permerror', reason: string) {
    super(reason);
    this.result = result;
  }
}
