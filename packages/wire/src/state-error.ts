/** Our own fault: a machine was used against its invariants. It is thrown at once and never caught by a loop. */
export class StateError extends Error {
  override readonly name = 'StateError';
}
