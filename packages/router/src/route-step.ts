/** What a router does on the way from a recipient to its targets, for whoever asks why mail goes where it goes. */

import type { Reply } from '@postino/wire';

/** One address that was looked at, and what it was found to be. */
export type RouteStep = {
  /** 0 for the recipient, 1 for what its alias names, and so on. */
  readonly depth: number;
  /** As it was written: by the sender, or in the alias. */
  readonly address: string;
} & (
  | { readonly type: 'user'; readonly user: string }
  /** In a domain that is not ours. */
  | { readonly type: 'remote' }
  /** `key` is the line of the alias file. What it names follows, one deeper. */
  | { readonly type: 'alias'; readonly key: string }
  /** An alias that was followed before. */
  | { readonly type: 'again'; readonly key: string }
  /** What the alias above it says: the message is thrown away. */
  | { readonly type: 'discard' }
  /** The alias above it says so, a lookup or a limit; or there is nobody of this name. */
  | { readonly type: 'refuse' | 'defer'; readonly reply: Reply }
);

/** A step without its place. */
export type Finding = RouteStep extends infer Step
  ? Step extends RouteStep
    ? Omit<Step, 'depth' | 'address'>
    : never
  : never;

/** A step as one line, two blanks to the right for each depth: `info@example.org: alias info`. */
export function formatStep(step: RouteStep): string {
  const address = step.address.replaceAll(/\p{Cc}/gu, '?');
  return `${'  '.repeat(step.depth)}${address}: ${describe(step)}`;
}

function describe(step: RouteStep): string {
  switch (step.type) {
    case 'user':
      return `user ${step.user}`;
    case 'remote':
      return 'abroad';
    case 'alias':
      return `alias ${step.key}`;
    case 'again':
      return `alias ${step.key}, followed already`;
    case 'discard':
      return 'thrown away';
    default:
      return `${step.type} ${formatReply(step.reply)}`;
  }
}

function formatReply({ code, status, text }: Reply): string {
  const words = typeof text === 'string' ? [text] : text;
  return [code, ...(status === undefined ? [] : [status]), ...words].join(' ');
}
