import type { Estimate } from './interval.ts';
import { z95 } from './normal.ts';

/**
 * Share k/n with Wilson's score interval (Wilson 1927), which stays inside [0, 1] and keeps its level for
 * small n. NaN where n = 0.
 */
export function wilson(k: number, n: number, z = z95): Estimate {
  if (!(n > 0)) return { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const p = k / n;
  const z2 = z * z;
  const centre = (k + z2 / 2) / (n + z2);
  const half = (z / (n + z2)) * Math.sqrt(n * p * (1 - p) + z2 / 4);
  return {
    value: p,
    lower: k === 0 ? 0 : Math.max(0, centre - half),
    upper: k === n ? 1 : Math.min(1, centre + half),
  };
}
