import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  /** Waits before the second attempt, doubled for each further one up to `maxMs`. */
  firstMs: number;
  maxMs: number;
  /** Between attempts that only a person can heal. */
  misconfiguredMs: number;
}
export const defaultBackoff: Backoff = { firstMs: 250, maxMs: 30_000, misconfiguredMs: 10_000 };

/** Wait after a failed attempt (1, 2, …) in ms: the second half of it is left to chance, so that writers spread. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff, random: () => number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + 0.5 * random());
}

/** Resolves after `ms`; rejects with the reason of `signal` as soon as it aborts. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
