import type { Estimate } from './interval.ts';
import { z95 } from './normal.ts';
import { studentTwoSided } from './student-t.ts';

/** Answers to the NPS question: 9–10, 7–8, 0–6. */
export interface NpsCounts {
  promoters: number;
  passives: number;
  detractors: number;
}

export interface NpsEstimate extends Estimate {
  n: number;
  /** Standard deviation of one answer (−100, 0 or 100), population form, in points. */
  sd: number;
  /** sd/√n, in points. */
  se: number;
}

/** NPS = 100·(P − D) in points, with the normal 95 % interval; NaN where there is no answer. */
export function npsEstimate(counts: NpsCounts, z = z95): NpsEstimate {
  const n = counts.promoters + counts.passives + counts.detractors;
  if (!(n > 0)) {
    return { value: Number.NaN, lower: Number.NaN, upper: Number.NaN, n: 0, sd: Number.NaN, se: Number.NaN };
  }
  const difference = (counts.promoters - counts.detractors) / n;
  const sd = 100 * Math.sqrt((counts.promoters + counts.detractors) / n - difference * difference);
  const se = sd / Math.sqrt(n);
  const value = 100 * difference;
  return { value, lower: Math.max(-100, value - z * se), upper: Math.min(100, value + z * se), n, sd, se };
}

/** Counts from a histogram of the scores 0 … 10. */
export function npsCounts(histogram: ArrayLike<number>): NpsCounts {
  const sum = (from: number, to: number) => {
    let total = 0;
    for (let score = from; score <= to; score++) total += histogram[score] ?? 0;
    return total;
  };
  return { promoters: sum(9, 10), passives: sum(7, 8), detractors: sum(0, 6) };
}

/** Welch's t: `t` > 0 where the first mean is higher; p two-sided. */
export interface WelchTest {
  t: number;
  df: number;
  p: number;
}

/**
 * Welch's test between the NPS of two sets of answers, with sample variances (n − 1), as statistics packages
 * have it. NaN where either set has fewer than two answers or both have no variance.
 */
export function npsWelch(first: NpsCounts, second: NpsCounts): WelchTest {
  const a = npsEstimate(first);
  const b = npsEstimate(second);
  const va = (a.sd * a.sd) / (a.n - 1);
  const vb = (b.sd * b.sd) / (b.n - 1);
  if (a.n < 2 || b.n < 2 || !(va + vb > 0)) return { t: Number.NaN, df: Number.NaN, p: Number.NaN };
  const t = (a.value - b.value) / Math.sqrt(va + vb);
  const df = ((va + vb) * (va + vb)) / ((va * va) / (a.n - 1) + (vb * vb) / (b.n - 1));
  return { t, df, p: studentTwoSided(t, df) };
}
