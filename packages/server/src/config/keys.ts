/** What the keys of the file have in common: text that is read, sections, and what is said of a key that is none. */
import * as z from 'zod';
import { nearest } from '../did-you-mean.ts';

/** Text that `parse` understands; of other text is said that it `is` something else, and what would be right. */
export function reading<T>(parse: (text: string) => T | null, is: string): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is ${is}` });
    return z.NEVER;
  });
}

/** The same, and `""` stands for none. */
export function orNone<T>(
  parse: (text: string) => T | null,
  is: string,
): z.ZodType<T | null, string> {
  const some = reading((text) => (text === '' ? { value: null } : wrapped(parse(text))), is);
  return some.transform(({ value }) => value);
}

function wrapped<T>(value: T | null): { value: T } | null {
  return value === null ? null : { value };
}

/** A table that takes no key but these; for each unknown one the message has a line. */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, known)).join('\n')
        : undefined,
  });
}

/** A section that need not be there: all its keys have defaults. */
export function subsection<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodPrefault<z.ZodObject<Shape, z.core.$strict>> {
  const table = section(shape);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler cannot see that no key is needed
  return table.prefault({} as z.input<typeof table>);
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return `there is no such key; ${meant ? `did you mean "${meant}"?` : `known here are ${known.join(', ')}`}`;
}

export const separator: z.ZodType<string, string> = reading(
  (text) => (/^[!#$%&'*+/=?^`{|}~_.-]$/.test(text) ? text : null),
  'no separator; write one mark, as "+" or "-"',
);

/** A name that may stand for a user: see `mailboxes.ts`. */
export function readUser(text: string): string | null {
  return /^[a-z0-9_@-][a-z0-9._@-]*$/.test(text) ? text : null;
}
