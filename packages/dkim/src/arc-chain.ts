/**
 * The ARC Sets of a header block, in order, where they make a chain. RFC 8617 §4.3, §5.2.
 */
import type { HeaderBlock } from '@postino/message';

import {
  type ArcMessageSignature,
  type ArcResults,
  type ArcSeal,
  type Member,
  readMessageSignature,
  readResults,
  readSeal,
} from './arc-set.ts';
import { fail, isRefusal, type Refusal } from './result.ts';

/** A whole set. */
export interface ArcSet {
  readonly instance: number;
  readonly results: ArcResults;
  readonly message: ArcMessageSignature;
  readonly seal: ArcSeal;
}

/** All ARC fields of a header block, whatever they are worth. */
export interface ArcFields {
  readonly results: readonly ArcResults[];
  readonly messages: readonly ArcMessageSignature[];
  readonly seals: readonly ArcSeal[];
}

/** The names of the three fields. RFC 8617 §4.1. */
export const RESULTS = 'ARC-Authentication-Results';
export const MESSAGE_SIGNATURE = 'ARC-Message-Signature';
export const SEAL = 'ARC-Seal';

/** Reads the ARC fields of a header block, unless there are more than so many sets can have. RFC 8617 §5.2 step 1. */
export function arcFields(header: HeaderBlock, maxSets: number): ArcFields | Refusal {
  const results = header.findAll(RESULTS);
  const messages = header.findAll(MESSAGE_SIGNATURE);
  const seals = header.findAll(SEAL);
  if (Math.max(results.length, messages.length, seals.length) > maxSets) {
    return fail(`there are more than ${maxSets} ARC sets`);
  }
  return {
    results: results.map(readResults),
    messages: messages.map(readMessageSignature),
    seals: seals.map(readSeal),
  };
}

/** Whether there is any ARC field. */
export function hasMembers(fields: ArcFields): boolean {
  return named(fields).some(([, members]) => members.length > 0);
}

/** The highest instance that any field has; 0 where there is none. */
export function highestInstance(fields: ArcFields): number {
  const members = named(fields).flatMap(([, some]) => some);
  return Math.max(0, ...members.map(({ instance }) => instance ?? 0));
}

/** Whether the newest seal says that the chain is broken. RFC 8617 §5.1 step 2, §5.2 step 2. */
export function isTerminated(fields: ArcFields): boolean {
  const highest = highestInstance(fields);
  return fields.seals.some(
    ({ instance, claims }) => instance === highest && claims.chain === 'fail',
  );
}

/** The sets from the first to the newest; empty where there are none. RFC 8617 §5.2 steps 1 to 3. */
export function chainOf(fields: ArcFields, maxSets: number): ArcSet[] | Refusal {
  const sets: ArcSet[] = [];
  const highest = highestInstance(fields);
  if (isTerminated(fields)) return fail(`the ARC-Seal of instance ${highest} says cv=fail`);
  if (highest > maxSets) return fail(`there are more than ${maxSets} ARC sets`);
  for (const [name, members] of named(fields)) {
    const stray = members.some(({ instance }) => instance === null);
    if (stray) return fail(`an ${name} has no instance`);
  }
  for (let instance = 1; instance <= highest; instance++) {
    const set = setOf(fields, instance);
    if (isRefusal(set)) return set;
    const wanted = instance === 1 ? 'none' : 'pass';
    if (set.seal.claims.chain !== wanted) {
      return fail(`the ARC-Seal of instance ${instance} does not say cv=${wanted}`);
    }
    sets.push(set);
  }
  return sets;
}

/** The three kinds, each with its name. */
function named({ results, messages, seals }: ArcFields): [string, readonly Member[]][] {
  return [
    [RESULTS, results],
    [MESSAGE_SIGNATURE, messages],
    [SEAL, seals],
  ];
}

/** What a seal signs: all sets up to its own, in order, but for itself. RFC 8617 §5.1.1. */
export function sealedFields(
  older: readonly ArcSet[],
  { results, message }: Record<'results' | 'message', Pick<ArcResults, 'field'>>,
): Uint8Array[] {
  const before = older.flatMap((set) => [set.results, set.message, set.seal]);
  return [...before, results, message].map(({ field }) => field);
}

/** The one set of this number. RFC 8617 §5.2 step 3. */
function setOf(fields: ArcFields, instance: number): ArcSet | Refusal {
  for (const [name, members] of named(fields)) {
    const count = members.filter((member) => member.instance === instance).length;
    if (count === 0) return fail(`there is no ${name} of instance ${instance}`);
    if (count > 1) return fail(`there is more than one ${name} of instance ${instance}`);
  }
  const isMember = (member: Member): boolean => member.instance === instance;
  return {
    instance,
    results: fields.results.find(isMember)!,
    message: fields.messages.find(isMember)!,
    seal: fields.seals.find(isMember)!,
  };
}
