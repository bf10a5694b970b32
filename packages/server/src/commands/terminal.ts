/** How a command speaks to people: colours and a bar on a terminal, plain text everywhere else. */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** The text in a style where standard output is a terminal that wants colours (`NO_COLOR`, `FORCE_COLOR`). */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A stranger's text: nothing in it may move the cursor. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

/** Writes lines to standard output. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Writes a value as JSON, for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** The answer was found, and it is a bad one: the process ends with 2. */
export function answerIsBad(): void {
  process.exitCode = 2;
}

const WIDTH = 30;

/** A bar on standard error, where that is a terminal: how many of how many are done. */
export function progress(total: number): { step(): void; end(): void } {
  const { stderr } = process;
  let done = 0;
  const draw = (): void => {
    const filled = Math.round((done / Math.max(total, 1)) * WIDTH);
    stderr.write(`\r[${'#'.repeat(filled).padEnd(WIDTH)}] ${done}/${total}`);
  };
  if (!stderr.isTTY) return { step() {}, end() {} };
  draw();
  return {
    step() {
      done++;
      draw();
    },
    end: () => void stderr.write('\r\u001B[K'),
  };
}

/** The end of a command's help: lines that may be pasted. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
