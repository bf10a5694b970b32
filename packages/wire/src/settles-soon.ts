/** What an async method with no real wait in it takes, `catch` and `race` counted. */
const TURNS = 4;

/**
 * Whether a promise has settled, or settles in a few turns of the loop: replies may go on gathering then, instead of leaving
 * one by one. Rejections count as settled, and stay the caller's.
 */
export function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, later()]);
}

async function later(): Promise<false> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
  return false;
}
