/** The grammar of the alias file: `name: target, target`. */

import { aliasItems } from './alias-items.ts';
import { readItem } from './alias-item.ts';
import type { ItemMeaning } from './alias-item.ts';
import { aliasKey } from './alias-key.ts';
import { aliasLines } from './alias-lines.ts';
import type { AliasLine } from './alias-lines.ts';
import { TRY_LATER } from './replies.ts';
import type { Alias, AliasTarget } from './types.ts';

/** What is wrong with an alias file, where, and how to mend it. */
export interface AliasFault {
  /** Counted from 1. */
  readonly line: number;
  /** The item or line at fault, at most `MAX_FAULT_TEXT` characters of it. */
  readonly text: string;
  readonly reason: string;
}

/** How much of a faulty item a fault repeats. */
export const MAX_FAULT_TEXT = 80;

/** An alias with a fault is not half an alias: its mail waits until the file is mended. */
const BROKEN: Alias = { type: 'defer', reply: TRY_LATER };

const QUOTED_NAME = /^"([^"\\\n]*(?:\\.[^"\\\n]*)*)"/;
const PLAIN_NAME = /^[^\s:"]+/;
const CONTROL = /[^\P{Cc}\t\n]/u;

/**
 * Reads an alias file. The first of two lines for the same name wins. Commands, files and includes are faults; nothing
 * is ever run. A faulty line keeps its name: mail for it is deferred.
 */
export function parseAliases(text: string): { aliases: Map<string, Alias>; faults: AliasFault[] } {
  const aliases = new Map<string, Alias>();
  const faults: AliasFault[] = [];
  for (const line of aliasLines(text)) {
    const name = readName(line.text);
    if (!name) {
      faults.push(fault(line.number, line.text, nameReason(line.text)));
      continue;
    }
    const alias = readAlias(line, name.end, faults);
    if (!aliases.has(name.key)) aliases.set(name.key, alias);
  }
  return { aliases, faults };
}

/** The name and the place behind its colon, which may be missing where white space stands. */
function readName(text: string): { key: string; end: number } | null {
  const [head = '', quoted] = QUOTED_NAME.exec(text) ?? PLAIN_NAME.exec(text) ?? [];
  if (head === '') return null;
  const name = quoted?.replace(/\\(.)/g, '$1') ?? head;
  const [gap = ''] = /^\s*:?/.exec(text.slice(head.length)) ?? [];
  return { key: aliasKey(name), end: head.length + gap.length };
}

function nameReason(text: string): string {
  return /^\s/.test(text)
    ? 'this line continues an alias, but none stands before it'
    : 'a line begins with a name and a colon';
}

/** Reads what stands behind the colon, and adds what is wrong with it to `faults`. */
function readAlias({ number, text }: AliasLine, start: number, faults: AliasFault[]): Alias {
  const items = CONTROL.test(text) ? [] : aliasItems(text, start);
  if (items.length === 0) {
    faults.push(fault(number, text, emptyReason(text)));
    return BROKEN;
  }
  const targets: AliasTarget[] = [];
  for (const { text, line } of items) {
    const meaning = readItem(text);
    if (meaning.type === 'alone' && items.length === 1) return meaning.alias;
    if (meaning.type === 'target') targets.push(meaning.target);
    else faults.push(fault(number + line, text, itemReason(meaning)));
  }
  return targets.length === items.length ? { type: 'expand', targets } : BROKEN;
}

function emptyReason(text: string): string {
  return CONTROL.test(text)
    ? 'a control character stands here: remove it'
    : 'the alias names nobody: add an address, or remove the line';
}

function itemReason(meaning: Exclude<ItemMeaning, { type: 'target' }>): string {
  return meaning.type === 'fault' ? meaning.reason : 'this must stand alone: remove the others';
}

function fault(line: number, text: string, reason: string): AliasFault {
  return { line, text: text.slice(0, MAX_FAULT_TEXT).replaceAll(/\p{Cc}/gu, '?'), reason };
}
