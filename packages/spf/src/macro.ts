/**
 * Macros: text with holes, parsed once and filled in for each check. RFC 7208 §7.
 */

import {
  isMacroLetter,
  MACRO_VALUES,
  type MacroContext,
  type MacroLetter,
} from './macro-values.ts';

/** Characters of a name in text. RFC 7208 §7.3. */
const MAX_NAME = 253;

/** A hole: what goes in, and how it is cut before. */
export interface Macro {
  readonly letter: MacroLetter;
  /** An upper case letter: what goes in is URL escaped. */
  readonly escaped: boolean;
  /** How many parts from the right are kept. */
  readonly keep: number;
  readonly reversed: boolean;
  /** At which characters it is split; dots when there are none. */
  readonly delimiters: string;
}

/** `macro-string`: literals and holes, in order. */
export type MacroString = readonly (string | Macro)[];

/** `domain-spec`; null for what is none, and for the letters that explanations alone may use. RFC 7208 §7.1, §7.2. */
export function parseDomainSpec(text: string): MacroString | null {
  const parsed = parse(text, VISIBLE);
  if (!parsed || parsed.parts.length === 0) return null;
  const ends = parsed.tail === '' || endsInTopLabel(parsed.tail);
  return ends && !['c', 'r', 't'].some((letter) => uses(parsed.parts, letter))
    ? parsed.parts
    : null;
}

/** `macro-string`, as modifiers have it that we do not know. RFC 7208 §4.6.1. */
export function isMacroString(text: string): boolean {
  return parse(text, VISIBLE) !== null;
}

/** `explain-string`: spaces may stand in it. RFC 7208 §6.2. */
export function parseExplainString(text: string): MacroString | null {
  return parse(text, VISIBLE_OR_SPACE)?.parts ?? null;
}

export function uses(string: MacroString, letter: string): boolean {
  return string.some((part) => typeof part !== 'string' && part.letter === letter);
}

/** The name that comes out, without a dot at the end; labels go at the left until it is short enough. RFC 7208 §7.3. */
export function expandName(spec: MacroString, context: MacroContext): string {
  let name = '';
  // From the right, because what is too far left falls away: a long record cannot make a long text.
  for (let at = spec.length - 1; at >= 0 && name.length <= MAX_NAME + 1; at--) {
    name = expandPart(spec[at]!, context) + name;
  }
  if (name.endsWith('.')) name = name.slice(0, -1);
  if (name.length <= MAX_NAME) return name;
  const dot = name.indexOf('.', name.length - MAX_NAME - 1);
  return dot === -1 ? '' : name.slice(dot + 1);
}

/** The text that comes out, at most so many characters of it. */
export function expandText(string: MacroString, context: MacroContext, most: number): string {
  let text = '';
  for (const part of string) {
    if (text.length >= most) break;
    text += expandPart(part, context);
  }
  return text.slice(0, most);
}

function expandPart(part: string | Macro, context: MacroContext): string {
  if (typeof part === 'string') return part;
  const value = transform(part, MACRO_VALUES[part.letter](context));
  return part.escaped ? escapeUrl(value) : value;
}

function transform({ keep, reversed, delimiters }: Macro, value: string): string {
  if (keep === Infinity && !reversed && delimiters === '') return value;
  let parts = [value];
  for (const delimiter of delimiters || '.') parts = parts.flatMap((part) => part.split(delimiter));
  if (reversed) parts.reverse();
  return parts.slice(-keep).join('.');
}

/** All but the unreserved characters of RFC 3986 §2.3, four of which the language leaves alone beside them. */
function escapeUrl(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const VISIBLE = /^[!-~]*$/;
const VISIBLE_OR_SPACE = /^[ -~]*$/;
const MACRO = /^([a-z])(\d*)(r?)([-.+,/_=]*)$/i;
const ESCAPES: Readonly<Record<string, string>> = { '%': '%', _: ' ', '-': '%20' };

/** The parts, and the literal behind the last `macro-expand`. */
interface Parsed {
  readonly parts: MacroString;
  readonly tail: string;
}

function parse(text: string, literals: RegExp): Parsed | null {
  if (!literals.test(text)) return null;
  const parts: (string | Macro)[] = [];
  let at = 0;
  for (let percent = text.indexOf('%'); percent !== -1; percent = text.indexOf('%', at)) {
    if (percent > at) parts.push(text.slice(at, percent));
    const braced = text.charAt(percent + 1) === '{';
    const end = braced ? text.indexOf('}', percent) : percent + 1;
    const part = braced
      ? parseMacro(text.slice(percent + 2, Math.max(end, 0)))
      : ESCAPES[text.charAt(end)];
    if (part === undefined) return null;
    parts.push(part);
    at = end + 1;
  }
  const tail = text.slice(at);
  if (tail !== '') parts.push(tail);
  return { parts, tail };
}

function parseMacro(body: string): Macro | undefined {
  const match = MACRO.exec(body);
  if (!match) return undefined;
  const [, given = '', digits = '', reversed, delimiters] = match;
  const letter = given.toLowerCase();
  const keep = digits === '' ? Infinity : Number(digits);
  if (keep === 0 || !isMacroLetter(letter)) return undefined;
  return {
    letter,
    escaped: given !== letter,
    keep,
    reversed: reversed !== '',
    delimiters: [...new Set(delimiters)].join(''),
  };
}

/** Whether a literal ends in a dot, a `toplabel`, and perhaps one more dot. RFC 7208 §7.1. */
function endsInTopLabel(literal: string): boolean {
  const name = literal.endsWith('.') ? literal.slice(0, -1) : literal;
  const dot = name.lastIndexOf('.');
  const label = name.slice(dot + 1);
  // Letters, digits and hyphens, no hyphen first or last, and not digits alone.
  return dot !== -1 && /^[a-z\d-]+$/i.test(label) && !/^-|-$/.test(label) && /[a-z-]/i.test(label);
}
