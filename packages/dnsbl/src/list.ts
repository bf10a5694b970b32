/**
 * A list as an operator writes it: a zone, and which of its answers count. The notation is that of Exim's `dnslists`.
 */
import { Address4 } from 'ip-address';
import { isName } from './query-name.ts';

export interface DnsList {
  readonly zone: string;
  /** Where the text is asked for; the zone itself unless the list says otherwise. */
  readonly textZone: string;
  /** Which answers count; null when all do. */
  readonly condition: Condition | null;
}

/** A comparison of a list's answers with numbers of ours. */
export interface Condition {
  /** `!`: listed when the comparison is false. */
  readonly negated: boolean;
  /** `==`: every answer has to be one of them; otherwise one is enough. */
  readonly every: boolean;
  /** `&`: an answer is one of them when it has all bits of it. */
  readonly mask: boolean;
  /** Addresses; without `mask` they may be networks. */
  readonly numbers: readonly Address4[];
}

/**
 * Parses `zone`, or `zone` with an operator and numbers: `zen.example=127.0.0.2,127.0.0.3`.
 *
 * `=` any answer is one of the numbers, `==` every answer is, `&` any answer has all bits of one of the numbers, `==&`
 * every answer has; `!` before the operator turns it round. A number may be a network: `127.0.0.0/28`. With
 * `text.example,zone.example` the text is asked for at the first. A spec that is none is a `TypeError` that says why.
 */
export function parseList(spec: string): DnsList {
  const match = /^([^=&!]*)(?:(!?)(==&|==|=&|=|&)(.*))?$/.exec(spec.trim());
  if (!match) throw fault(spec, 'expected zone, zone=number or zone&number');
  const [, zones = '', negation, operator, numbers = ''] = match;
  const names = zones.split(',').map((zone) => zone.trim().replace(/\.$/, ''));
  const [textZone = '', zone = textZone, ...more] = names;
  if (more.length > 0 || !names.every(isName))
    throw fault(spec, `${JSON.stringify(zones)} is no zone`);
  if (operator === undefined) return { zone, textZone, condition: null };
  const mask = operator.endsWith('&');
  const condition = {
    negated: negation === '!',
    every: operator.startsWith('=='),
    mask,
    numbers: numbers.split(',').map((number) => parseNumber(number.trim(), mask, spec)),
  };
  return { zone, textZone, condition };
}

// Deviation: a number may be a network, which Exim does not have; its /key is the subject of the lookup here.
function parseNumber(text: string, mask: boolean, spec: string): Address4 {
  if (/^[\d.]+(?:\/\d+)?$/.test(text) && Address4.isValid(text) && !(mask && text.includes('/'))) {
    return new Address4(text);
  }
  throw fault(spec, `${JSON.stringify(text)} is no ${mask ? 'mask' : 'IPv4 address or network'}`);
}

function fault(spec: string, reason: string): TypeError {
  return new TypeError(`not a DNS list: ${JSON.stringify(spec)}: ${reason}`);
}
