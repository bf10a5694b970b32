import type { Agenda } from './agenda.ts';
import { pendingOf, type EntryName, type EntryState } from './entry-state.ts';
import type { QueueEntry } from './types.ts';

/** An entry as a process holds it in memory. */
export class StoredEntry {
  readonly name: EntryName;
  readonly agenda: Agenda;
  state: EntryState;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: EntryName, state: EntryState, agenda: Agenda) {
    this.name = name;
    this.state = state;
    this.agenda = agenda;
  }

  /** Does something when all that was asked for before is done, whatever came of it. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn;
    return turn;
  }

  /** As the port shows it. */
  view(): QueueEntry {
    const { accepted, envelope, held, recipients } = this.state;
    return { ...this.name, accepted, envelope, held, recipients, pending: pendingOf(this.state) };
  }
}
