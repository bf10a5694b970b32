/** Work that has so much time and no more. */
import { CancelSource, type Cancel } from '@postino/wire';

/** Does the work, and fires its `cancel` after so many milliseconds, or when `given` fires. */
export async function within<T>(
  time: number,
  work: (cancel: Cancel) => Promise<T>,
  given?: Cancel,
): Promise<T> {
  const source = new CancelSource();
  const stop = (): void => source.fire();
  const timer = setTimeout(stop, time);
  given?.addEventListener('abort', stop);
  try {
    return await work(source);
  } finally {
    clearTimeout(timer);
  }
}
