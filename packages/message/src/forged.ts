/**
 * Fields that a reader trusts because the delivering server alone writes them. From outside they are forged, and go
 * before ours are added.
 */
import { fieldBody, isNamed } from './field.ts';
import type { HeaderBlock } from './header-block.ts';

/** What a delivering server adds, and so takes away first. RFC 5321 §4.4 allows it for Return-Path. */
export const OWN_FIELDS: readonly string[] = [
  'Return-path',
  'Envelope-to',
  'Delivery-date',
  'X-Warning',
];

export interface StripForgedOptions {
  /** Our name in `Authentication-Results`; none are stripped unless it is given. RFC 7601 §5. */
  readonly authservId?: string;
  /** Names of fields to strip; `OWN_FIELDS` unless given. */
  readonly names?: readonly string[];
}

/** The header block without the fields that claim to be ours. */
export function stripForged(header: HeaderBlock, options: StripForgedOptions = {}): HeaderBlock {
  const { authservId, names = OWN_FIELDS } = options;
  const stripped = header.strip(...names);
  if (authservId === undefined) return stripped;
  return stripped.filter(
    (field) => !isNamed(field, 'Authentication-Results') || !claims(field, authservId),
  );
}

/** Whether results claim to be of this server: an id that cannot be read might be taken for it, and counts as claimed. */
function claims(field: Uint8Array, authservId: string): boolean {
  const id = readAuthservId(fieldBody(field));
  return id === null || id.toLowerCase() === authservId.toLowerCase();
}

/** The `authserv-id` at the beginning of the results: a token or a quoted string. RFC 7601 §2.2. */
function readAuthservId(body: string): string | null {
  const at = skipComments(body);
  if (at === null) return null;
  const [, quoted, token] = /"((?:[^"\\]|\\.)*)"|([^\s;=()"]+)/sy.exec(body.slice(at)) ?? [];
  return quoted?.replace(/\\(.)/gs, '$1') ?? token ?? null;
}

/** Where the text goes on after white space and comments, RFC 5322 §3.2.2; null when a comment is never closed. */
function skipComments(body: string): number | null {
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const character = body[at]!;
    if (character === '(') depth++;
    else if (character === ')' && depth > 0) depth--;
    else if (character === '\\' && depth > 0) at++;
    else if (depth === 0 && !/\s/.test(character)) return at;
  }
  return depth === 0 ? body.length : null;
}
