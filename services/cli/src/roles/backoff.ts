const firstMs = 250;
const longestMs = 30_000;

/** Wait before attempt n + 1: doubles up to half a minute, and half of it is chance, so that many do not come at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 20));
  return full / 2 + (random() * full) / 2;
}
