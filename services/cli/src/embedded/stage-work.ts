/** What a stage's thread is told at its start. */
export interface StageWork {
  stage: 'journeys' | 'segments';
  file: string;
  /** Text of the policy; a parsed one does not survive the way into a thread. */
  policy: string;
  hashKey: Uint8Array;
  /** No rates are shown for minutes before it. */
  ratesFrom?: number;
  /** History that ends now, then live events, both simulated. */
  demo?: { endMs: number; seed: number };
}

/** What a stage's thread says. */
export type StageNews = { kind: 'history'; events: number } | { kind: 'live' };
