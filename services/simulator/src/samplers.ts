import type { RandomStream } from './random.ts';

const low = 0.02425;

/** Inverse of the standard normal distribution, relative error below 1.2e-9 (Acklam 2003). `p` in (0, 1), else ±∞. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p < low) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - low) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

function tail(q: number): number {
  return (
    (((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
      q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q +
      1)
  );
}

/** Standard normal distribution, absolute error below 7.5e-8 (Abramowitz, Stegun 26.2.17). */
export function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = 0.3989422804014327 * Math.exp(-0.5 * x * x) * polynomial;
  return x >= 0 ? 1 - upper : upper;
}

export const normal = (random: RandomStream): number => normalQuantile(random.uniform());

/** A standard normal number whose correlation with the standard normal `factor` is `loading` (−1 … 1). */
export const correlated = (random: RandomStream, factor: number, loading: number): number =>
  loading * factor + Math.sqrt(1 - loading * loading) * normal(random);

/** Whether an event of probability `p` happens, given a standard normal number: large numbers make it happen. */
export const happens = (p: number, standardNormal: number): boolean => standardNormal > -normalQuantile(p);

/** Exponential with mean 1. */
export const exponential = (random: RandomStream): number => -Math.log(random.uniform());

/** Lognormal of a median and a standard deviation of the logarithm, from a standard normal number. */
export const logNormal = (median: number, sigma: number, standardNormal: number): number =>
  median * Math.exp(sigma * standardNormal);

/** Lognormal, conditioned on being below `limit`. */
export function logNormalBelow(random: RandomStream, median: number, sigma: number, limit: number): number {
  const share = normalCdf(Math.log(limit / median) / sigma);
  return Math.min(limit, logNormal(median, sigma, normalQuantile(random.uniform() * share)));
}

/** Running sums of weights, scaled to end at 1. */
export function cumulative(weights: readonly number[]): number[] {
  let total = 0;
  for (const weight of weights) total += weight;
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
    sums.push(sum / total);
  }
  sums[sums.length - 1] = 1;
  return sums;
}

/** Index of the first running sum above `u`. */
export function pick(sums: readonly number[], u: number): number {
  let i = 0;
  while (i < sums.length - 1 && u >= sums[i]!) i++;
  return i;
}

/** A probability after its odds are multiplied. */
export const withOdds = (p: number, oddsRatio: number): number => (p * oddsRatio) / (1 - p + p * oddsRatio);
