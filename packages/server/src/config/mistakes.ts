/** The issues of the schema as sentences for the operator. */
import type { core } from 'zod';

/** A mistake before it has a line. */
export interface FoundMistake {
  readonly path: readonly string[];
  readonly text: string;
}

/** What an issue says; one about unknown keys says something of each. */
export function mistakesOf(issue: core.$ZodIssue): FoundMistake[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path, text: textOf(issue) }];
  const texts = issue.message.split('\n');
  return issue.keys.map((key, i) => ({ path: [...path, key], text: texts[i]! }));
}

function textOf(issue: core.$ZodIssue): string {
  const given = JSON.stringify(issue.input);
  if (issue.code === 'invalid_type') return wrongType(issue.expected, issue.input);
  if (issue.code === 'invalid_value')
    return `${given} is not known here; write ${either(issue.values)}`;
  if (issue.code === 'too_small' && issue.origin !== 'string')
    return `${given} is too small; the least is ${issue.minimum}`;
  if (issue.code === 'too_big') return `${given} is too big; the most is ${issue.maximum}`;
  return issue.message;
}

/** What a value of each type is called, and looks like. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  boolean: 'true or false, without quotes',
  int: 'a whole number, without quotes',
  number: 'a whole number, without quotes',
  array: 'a list, as ["…", "…"]',
  object: 'a section, which begins with its name in square brackets',
};

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'it is missing, and has no default';
  const given = JSON.stringify(input);
  const hint = expected === 'array' && typeof input === 'string' ? `; write [${given}]` : '';
  return `${given} is ${nounOf(input)}, but must be ${TYPES[expected] ?? expected}${hint}`;
}

function nounOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string') return 'text';
  return typeof input === 'object' ? 'a section' : `a ${typeof input}`;
}

function either(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
