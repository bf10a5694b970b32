/**
 * Questions that nobody need wait for to their end.
 */
import type { Cancel } from './types.ts';

/**
 * The answer to a question, unless `cancel` fires before it is there: then it rejects with `reason()`. After that nothing is
 * asked. What was asked goes on unheard, and how long is the resolver's business.
 */
export function unlessCancelled<T>(
  question: () => Promise<T>,
  cancel: Cancel | undefined,
  reason: () => Error = () => new Error('cancelled'),
): Promise<T> {
  if (!cancel) return question();
  return new Promise((resolve, reject) => {
    const give = (): void => reject(reason());
    if (cancel.aborted) return give();
    cancel.addEventListener('abort', give);
    question().then(resolve, reject);
  });
}
