/** Lets few in at one time: hashes that take much memory, or all threads of Node's pool, wait for one another. */

/** Our choice: half of Node's pool, so that files are still read. */
const MAX_AT_ONCE = 2;

const queue: (() => void)[] = [];
let running = 0;

/** Does this work once few enough others are under way, in the order of asking. */
export async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    // Whose turn it is takes our place.
    const next = queue.shift();
    if (next) next();
    else running--;
  }
}
