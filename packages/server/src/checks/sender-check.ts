/** What is done about a sender that no bounce could reach: the same for strangers and for our own users. */
import type { Objection as Unreachable } from '@postino/router';
import type { CheckAction } from '../config/config.ts';
import { unanswerable, type Judged } from './objection.ts';

/** `sender`: as it was given. What is not known makes mail wait where it might be refused, and is not warned of. */
export function judgeSender(
  action: CheckAction,
  sender: string,
  found: Unreachable | null,
): Judged {
  const against = found && unanswerable(sender, found.reply);
  if (found?.type !== 'defer' || action === 'off') return [action, against];
  return action === 'warn' ? [action, null] : ['defer', against];
}
