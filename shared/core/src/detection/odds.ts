/**
 * Alternatives are odds ratios θ against the baseline: p₁ = θp₀/(1 − p₀ + θp₀) (Steiner et al. 2000), so that
 * one grid serves every stratum. For bounded scores the same grid shifts the mean.
 */
export interface OddsGrid {
  readonly thetas: Float64Array;
  readonly lnThetas: Float64Array;
  /** Prior weights; they sum to 1. */
  readonly weights: Float64Array;
}

/**
 * A grid with equal weights where none are given. Throws `RangeError` where a ratio or a weight is not
 * positive.
 */
export function oddsGrid(thetas: readonly number[], weights?: readonly number[]): OddsGrid {
  const w = weights ?? thetas.map(() => 1 / thetas.length);
  if (thetas.length === 0 || w.length !== thetas.length || ![...thetas, ...w].every((v) => v > 0)) {
    throw new RangeError('an odds grid needs positive ratios, each with a positive weight');
  }
  return {
    thetas: Float64Array.from(thetas),
    lnThetas: Float64Array.from(thetas, Math.log),
    weights: Float64Array.from(w),
  };
}

/** From a change that takes months to see to one that takes hours. */
export const standardGrid = oddsGrid([1.08, 1.12, 1.17, 1.25, 1.36, 1.5, 1.75, 2.2]);

/** p with its odds multiplied by θ. */
export const shiftOdds = (p: number, theta: number): number => (theta * p) / (1 - p + theta * p);

export const logit = (p: number): number => Math.log(p / (1 - p));
export const expit = (x: number): number => 1 / (1 + Math.exp(-x));

/** The least and the greatest baseline probability: beyond them a single event would decide everything. */
export const leastProbability = 1e-6;

/** A baseline probability that a likelihood can be taken of. */
export const clampProbability = (p: number): number =>
  Math.min(Math.max(p, leastProbability), 1 - leastProbability);
