/** What is wrong with a configuration, so that the operator can mend it without the documents. */

/** One mistake. */
export interface Mistake {
  /** From 1; null when the key is not in the file. */
  readonly line: number | null;
  /** As `smtp.max_message_size`; empty when the file cannot be read at all. */
  readonly key: string;
  /** What is wrong, and what would be right. */
  readonly text: string;
}

/** The configuration cannot be used. Its message has a line for each mistake: file, line, key, what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    super(mistakes.map((mistake) => sentence(file, mistake)).join('\n'));
    this.mistakes = mistakes;
  }
}

function sentence(file: string, { line, key, text }: Mistake): string {
  return [line === null ? file : `${file}:${line}`, ...(key ? [key] : []), text].join(': ');
}
