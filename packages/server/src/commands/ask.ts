/** Questions on the terminal, and what stands for an answer where there is none. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { text as readText } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { messageOf } from '../fault.ts';

export interface Questions {
  /** Asked again until `read` takes it; without a terminal it is the default, and an error where there is none. */
  text(question: string, read: (text: string) => string, otherwise?: string): Promise<string>;
  /** Is not shown while it is written; empty without a terminal. */
  password(question: string): Promise<string>;
  /** The first line. */
  passwordFromStdin(): Promise<string>;
}

export function answersFrom(terminal: boolean): Questions {
  return {
    text: terminal ? askText : defaultText,
    password: terminal ? askHidden : () => Promise.resolve(''),
    passwordFromStdin,
  };
}

async function askText(
  question: string,
  read: (text: string) => string,
  otherwise?: string,
): Promise<string> {
  const hint = otherwise === undefined ? '' : ` [${otherwise}]`;
  for (;;) {
    const answer = await askLine(`${question}${hint}: `, process.stdout);
    try {
      return read(answer.trim() || (otherwise ?? ''));
    } catch (error) {
      process.stdout.write(`${messageOf(error)}\n`);
    }
  }
}

function defaultText(
  question: string,
  _read: (text: string) => string,
  otherwise?: string,
): Promise<string> {
  if (otherwise !== undefined) return Promise.resolve(otherwise);
  throw new Error(`${question}: give it as an option; postino help shows which`);
}

/** Reads a password that the terminal does not show. */
export async function askHidden(question: string): Promise<string> {
  process.stdout.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await askLine('', nowhere);
  process.stdout.write('\n');
  return answer;
}

async function askLine(prompt: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const closed = once(lines, 'close').then(() =>
      Promise.reject(new Error('no answer was given')),
    );
    return await Promise.race([lines.question(prompt), closed]);
  } finally {
    lines.close();
  }
}

/** The first line of standard input. */
export async function passwordFromStdin(): Promise<string> {
  const [line = ''] = (await readText(process.stdin)).split(/\r?\n/);
  if (line === '') throw new Error('there is no password on standard input; write it in one line');
  return line;
}
