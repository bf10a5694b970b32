/**
 * The grammar of a record: text in, directives and modifiers out. RFC 7208 §4.6.1, §5, §6, §12.
 */
import { parseDirective, type Directive } from './directive.ts';
import { isMacroString, parseDomainSpec, type MacroString } from './macro.ts';

export interface SpfRecord {
  readonly directives: readonly Directive[];
  /** `redirect`. RFC 7208 §6.1. */
  readonly redirect: Modifier | undefined;
  /** `exp`. RFC 7208 §6.2. */
  readonly explanation: Modifier | undefined;
}

export interface Modifier {
  /** As it stands in the record. */
  readonly text: string;
  readonly domain: MacroString;
}

/** The first term of a record that is wrong. */
export interface SpfFault {
  readonly fault: string;
}

const VERSION = 'v=spf1';
const MODIFIERS: ReadonlyMap<string, 'redirect' | 'explanation'> = new Map([
  ['redirect', 'redirect'],
  ['exp', 'explanation'],
]);

/** Whether a text begins with the version, and so is an SPF record. RFC 7208 §4.5. */
export function isSpfRecord(text: string): boolean {
  const rest = text.charAt(VERSION.length);
  return (rest === '' || rest === ' ') && text.slice(0, VERSION.length).toLowerCase() === VERSION;
}

/** A record that begins with the version, or what is wrong with it: one bad term spoils it all. RFC 7208 §4.6. */
export function parseRecord(text: string): SpfRecord | SpfFault {
  const directives: Directive[] = [];
  const modifiers: Record<'redirect' | 'explanation', Modifier | undefined> = {
    redirect: undefined,
    explanation: undefined,
  };
  for (const term of text.slice(VERSION.length).split(' ')) {
    if (term === '') continue;
    const name = modifierName(term);
    if (name === null) {
      const directive = parseDirective(term);
      if (!directive) return fault(term);
      directives.push(directive);
      continue;
    }
    const key = MODIFIERS.get(name);
    const value = term.slice(name.length + 1);
    if (key === undefined) {
      if (!isMacroString(value)) return fault(term);
      continue;
    }
    const domain = parseDomainSpec(value);
    // RFC 7208 §6: these two must not appear more than once each.
    if (!domain || modifiers[key]) return fault(term);
    modifiers[key] = { text: term, domain };
  }
  return { directives, redirect: modifiers.redirect, explanation: modifiers.explanation };
}

/** The name before `=`, in lower case; null for a term that is no modifier. RFC 7208 §4.6.1. */
function modifierName(term: string): string | null {
  const equals = term.indexOf('=');
  if (equals === -1) return null;
  const name = term.slice(0, equals).toLowerCase();
  return /^[a-z][a-z\d_.-]*$/.test(name) ? name : null;
}

function fault(term: string): SpfFault {
  return { fault: `bad term ${JSON.stringify(term)}` };
}
