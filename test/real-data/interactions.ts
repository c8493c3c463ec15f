/*
 * Part of an independent count: nothing here imports the product, so that both cannot be wrong in the same way.
 * The definitions are those of docs/measures.md.
 */

export interface Interaction {
  id: string;
  customer: string | null;
  /** Times in ms. */
  start: number;
  close: number;
  path: 'ai' | 'seam' | 'human';
  category: string;
  channel: string;
  valueBand: string;
  complexity: string;
  market: string;
  language: string;
  /** First causes of AI-started interactions that were handed off; null for the others. */
  cause: string | null;
  handoffs: number;
  seamAbandoned: boolean;
  /** Waits at the seam that ended with an answer, in ms. */
  waits: number[];
  /** Null where it is not known. */
  claimedResolved: boolean | null;
}

export interface Answer {
  interaction: string;
  instrument: 'csat' | 'ces' | 'nps';
  score: number;
  at: number;
}

/** What a file holds. */
export interface Input {
  read: number;
  skipped: number;
  duplicates: number;
  /** Lines or rows that are no events, by reason. */
  bad: Record<string, number>;
  interactions: Interaction[];
  answers: Answer[];
}

export const emptyInput = (): Input => ({
  read: 0,
  skipped: 0,
  duplicates: 0,
  bad: {},
  interactions: [],
  answers: [],
});

export function isBad(input: Input, reason: string): void {
  input.bad[reason] = (input.bad[reason] ?? 0) + 1;
}
