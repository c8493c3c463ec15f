export interface Backoff {
  /** Longest first wait. */
  baseMs: number;
  /** Longest wait of all. */
  maxMs: number;
}

export const defaultBackoff: Backoff = { baseMs: 500, maxMs: 30_000 };

/**
 * Wait before reconnecting after `attempt` failures in a row (0 for the first), in ms: doubled each time, and spread
 * over its upper half so that many clients do not return at the same instant. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number, backoff: Backoff = defaultBackoff): number {
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
