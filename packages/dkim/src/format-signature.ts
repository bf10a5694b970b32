/**
 * A DKIM-Signature field, written and folded as Exim does. RFC 6376 §3.5, RFC 5322 §2.2.3.
 */
import { FOLD_AT } from './limits.ts';

const FOLD = '\r\n\t';

/** What a signature says, in order; the signature itself comes last. */
export interface SignatureText {
  /** The name of the field. */
  readonly name: string;
  /** Tags before `h=`. */
  readonly before: readonly (readonly [name: string, value: string | number])[];
  /** The names of `h=`, which is not written where there are none. */
  readonly headers: readonly string[];
  /** Tags behind it. */
  readonly after: readonly (readonly [name: string, value: string | number])[];
}

/** The field up to and with `b=`, with no signature yet and no line end: what follows is the value and a semicolon. */
export function formatSignature({ name: field, before, headers, after }: SignatureText): string {
  const line = new FoldedLine(`${field}:`);
  for (const [name, value] of before) line.put(` ${name}=${value};`);
  headers.forEach((name, at) => {
    const last = at === headers.length - 1;
    line.put(`${at === 0 ? ' h=' : ''}${name}${last ? ';' : ':'}`);
  });
  for (const [name, value] of after) line.put(` ${name}=${value};`);
  line.put(' b=');
  return line.text;
}

/** The whole field, the signature folded into lines of its own. */
export function completeSignature(text: string, signature: string): string {
  let field = text;
  // The tab of a fold is one column.
  let column = text.length - (text.lastIndexOf('\n') + 1);
  for (let at = 0; at < signature.length;) {
    if (column === FOLD_AT) {
      field += FOLD;
      column = 1;
    }
    const piece = signature.slice(at, at + FOLD_AT - column);
    field += piece;
    column += piece.length;
    at += piece.length;
  }
  return `${field};\r\n`;
}

/** Text that grows by pieces, and breaks before one that the line has no room for. */
class FoldedLine {
  text: string;
  #column: number;

  constructor(start: string) {
    this.text = start;
    this.#column = start.length;
  }

  put(piece: string): void {
    if (this.#column + piece.length > FOLD_AT) {
      const start = piece.trimStart();
      this.text += FOLD + start;
      this.#column = 1 + start.length;
    } else {
      this.text += piece;
      this.#column += piece.length;
    }
  }
}
