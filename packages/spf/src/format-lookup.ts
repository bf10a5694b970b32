/** The trace of a check, for people. */
import type { SpfLookup } from './types.ts';

/** One line: `mx: MX example.org: mx.example.org`. What the DNS said is a stranger's text. */
export function formatLookup({ term, type, name, answer, trouble }: SpfLookup): string {
  const before = term === '' ? '' : `${term}: `;
  const outcome = trouble ?? (answer.length > 0 ? answer.join(', ') : 'nothing');
  return `${before}${type} ${name}: ${outcome}`;
}
