import type { Estimate } from './interval.ts';
import { z95 } from './normal.ts';

export interface ProductLimit extends Estimate {
  /** Greenwood's standard error of `value`. */
  se: number;
  /** Events ÷ at risk, by age; NaN where nobody was at risk. */
  hazards: Float64Array;
  /** The smallest number at risk over all ages: what a minimum n is held against. */
  leastAtRisk: number;
}

/**
 * Discrete product-limit estimate (Kaplan, Meier 1958) of the share that has had its event by the last age: 1
 * − ∏ₐ(1 − eventsₐ/atRiskₐ), with Greenwood's variance S²·Σ dₐ/(rₐ(rₐ − dₐ)) and a normal interval cut to [0,
 * 1]. Right-censored: an age that is not complete yet is simply not counted at that age. `value` is NaN while
 * some age has nobody at risk. With no event at all Greenwood's variance is 0, so the upper limit is then
 * Wilson's for the smallest risk set.
 */
export function productLimit(atRisk: ArrayLike<number>, events: ArrayLike<number>, z = z95): ProductLimit {
  const ages = atRisk.length;
  const hazards = new Float64Array(ages);
  let survival = 1;
  let sum = 0;
  let leastAtRisk = ages === 0 ? 0 : Infinity;
  for (let age = 0; age < ages; age++) {
    const r = atRisk[age]!;
    const d = events[age] ?? 0;
    hazards[age] = r > 0 ? d / r : Number.NaN;
    survival *= 1 - hazards[age]!;
    if (d > 0) sum += d / (r * (r - d));
    leastAtRisk = Math.min(leastAtRisk, r);
  }
  if (!(leastAtRisk > 0)) {
    return {
      value: Number.NaN,
      lower: Number.NaN,
      upper: Number.NaN,
      se: Number.NaN,
      hazards,
      leastAtRisk: 0,
    };
  }
  const value = 1 - survival;
  const se = survival > 0 ? survival * Math.sqrt(sum) : 0;
  const lower = Math.max(0, value - z * se);
  const upper = value === 0 ? (z * z) / (leastAtRisk + z * z) : Math.min(1, value + z * se);
  return { value, lower, upper, se, hazards, leastAtRisk };
}
