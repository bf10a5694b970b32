/** What is known of an entry, and how it changes. Pure: the log is these changes written down. */
import type { Envelope } from '@postino/address';
import type { Outcome, QueueId, RecipientState } from './types.ts';

/** An entry as it begins. */
export interface Acceptance {
  /** In ms since 1970. */
  readonly accepted: number;
  readonly envelope: Envelope;
}

export interface EntryState extends Acceptance {
  readonly held: boolean;
  /** In the order of `envelope.to`. */
  readonly recipients: readonly RecipientState[];
  /** Reports that were committed with outcomes, and perhaps do not stand where they belong yet. */
  readonly reports: readonly EntryName[];
}

/** What the name of an entry's file says. */
export interface EntryName {
  readonly id: QueueId;
  /** Octets of the message: the log begins behind them. */
  readonly size: number;
}

/** Times are in ms since 1970. */
export type Change = (
  | { readonly type: 'outcomes'; readonly at: number; readonly outcomes: readonly Outcome[] }
  /** Logs of earlier versions do not say when. */
  | { readonly type: 'hold' | 'release'; readonly at?: number }
  | { readonly type: 'retry'; readonly at: number }
) & {
  /** Committed at the same moment. */
  readonly report?: EntryName;
};

export function begin({ accepted, envelope }: Acceptance): EntryState {
  const recipients = envelope.to.map((): RecipientState => ({
    status: 'pending',
    attempts: 0,
    next: accepted,
  }));
  return { accepted, envelope, held: false, recipients, reports: [] };
}

export function apply(state: EntryState, change: Change): EntryState {
  const reports = change.report ? [...state.reports, change.report] : state.reports;
  if (change.type === 'outcomes')
    return { ...state, reports, recipients: withOutcomes(state.recipients, change) };
  if (change.type === 'retry')
    return { ...state, reports, recipients: state.recipients.map((one) => dueAt(one, change.at)) };
  return { ...state, reports, held: change.type === 'hold' };
}

/** Throws a `TypeError` for outcomes that no entry like this can have. */
export function checkOutcomes({ recipients }: EntryState, outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if (!recipients[outcome.recipient]) throw new TypeError(`no recipient ${outcome.recipient}`);
    if (outcome.status === 'deferred' && !Number.isFinite(outcome.next))
      throw new TypeError(`${outcome.next} is no time for the next attempt`);
  }
}

/** The outcomes that tell something new. */
export function news(state: EntryState, outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ recipient, status }) => {
    const before = state.recipients[recipient];
    return before && isWaiting(before) && !(status === 'warned' && before.warned);
  });
}

/** Whether outcomes tell of more than that a recipient waits on: of something that a sender may have to hear. */
export function isReportable(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ status }) => status !== 'deferred');
}

/** Indexes of the recipients that are still to be served. */
export function pendingOf({ recipients }: EntryState): number[] {
  return [...recipients.keys()].filter((index) => isWaiting(recipients[index]!));
}

export function isWaiting({ status }: RecipientState): boolean {
  return status === 'pending' || status === 'deferred';
}

function dueAt(state: RecipientState, next: number): RecipientState {
  return isWaiting(state) ? { ...state, next } : state;
}

function withOutcomes(
  before: readonly RecipientState[],
  { at, outcomes }: Extract<Change, { type: 'outcomes' }>,
): RecipientState[] {
  const recipients = [...before];
  for (const outcome of outcomes) {
    const state = recipients[outcome.recipient];
    if (state) recipients[outcome.recipient] = after(state, outcome, at);
  }
  return recipients;
}

/** What is delivered or failed stays so. */
function after(before: RecipientState, outcome: Outcome, at: number): RecipientState {
  if (!isWaiting(before)) return before;
  if (outcome.status === 'warned') return { ...before, warned: true };
  const { recipient: _, ...told } = outcome;
  const warned = before.warned ? { warned: true } : {};
  return { ...told, attempts: before.attempts + 1, last: at, ...warned };
}
