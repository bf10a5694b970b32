/** What a look at one thing comes to. */
import { isNone } from '@postino/dns';
import { messageOf } from '../fault.ts';

/** `doubtful`: it may be meant so, or could not be found out; `bad`: mail suffers from it. */
export type Verdict = 'good' | 'doubtful' | 'bad';

export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at, as `MX example.org`. */
  readonly what: string;
  /** What was found. */
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A look at something; what it rejects with becomes a finding. */
export interface Look {
  readonly what: string;
  run(): Promise<Omit<Finding, 'what'> | readonly Omit<Finding, 'what'>[]>;
}

export function good(text: string): Omit<Finding, 'what'> {
  return { verdict: 'good', text };
}

export function doubtful(text: string, advice: string): Omit<Finding, 'what'> {
  return { verdict: 'doubtful', text, advice };
}

export function bad(text: string, advice: string): Omit<Finding, 'what'> {
  return { verdict: 'bad', text, advice };
}

/** Never rejects. */
export async function findingsOf(look: Look): Promise<Finding[]> {
  const { what } = look;
  try {
    return [await look.run()].flat().map((found) => ({ what, ...found }));
  } catch (error) {
    if (isNone(error))
      return [{ what, ...bad('the DNS has none', 'publish what "postino dns" prints') }];
    const advice = 'find out why, and look again';
    return [{ what, ...doubtful(`this could not be found out: ${messageOf(error)}`, advice) }];
  }
}
