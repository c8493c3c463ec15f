/** Observed, expected and variance (of independent events) of one day, in events. */
export interface DayResidual {
  observed: number;
  expected: number;
  variance: number;
}

/** How days of a series differ by more than chance; variances in logit, so that series of any volume compare. */
export interface DayVariation {
  days: number;
  /** Mean variance of a day's events, were they independent. */
  meanVariance: number;
  /** Excess variance of days; by moments, so that it can be below 0. */
  excess: number;
  /** Covariance of the excess of a day with that of the day before. */
  lagged: number;
}

/** ρ beyond which (1 + ρ)/(1 − ρ) says more about the estimate than about the days. */
const mostCorrelation = 0.8;

/** Excess variance and its covariance from day to day, by moments. */
export function dayVariation(days: readonly DayResidual[]): DayVariation {
  let excess = 0;
  let squares = 0;
  let total = 0;
  let used = 0;
  let lagged = 0;
  let lagSquares = 0;
  let before: DayResidual | undefined;
  for (const day of days) {
    if (!(day.variance > 0)) {
      before = undefined;
      continue;
    }
    const difference = day.observed - day.expected;
    excess += difference ** 2 - day.variance;
    squares += day.variance ** 2;
    total += day.variance;
    used++;
    if (before) {
      lagged += difference * (before.observed - before.expected);
      lagSquares += day.variance * before.variance;
    }
    before = day;
  }
  if (used < 2) return { days: used, meanVariance: total, excess: 0, lagged: 0 };
  return unbiased({
    days: used,
    meanVariance: total / used,
    excess: excess / squares,
    lagged: lagSquares > 0 ? lagged / lagSquares : 0,
  });
}

/** Expectations were fitted to the same days, which takes the variance of their mean out of each of them. */
function unbiased(variation: DayVariation): DayVariation {
  const { days, meanVariance, excess, lagged } = variation;
  const rho = excess > 0 ? Math.max(0, Math.min(mostCorrelation, lagged / excess)) : 0;
  const taken = (1 / meanVariance + (Math.max(0, excess) * (1 + rho)) / (1 - rho)) / days;
  return { ...variation, excess: excess + taken, lagged: lagged + taken };
}

/**
 * Variation of a family's series: its mean, its true spread between series, and the correlation of a day with
 * the day before.
 */
export interface PooledVariation {
  excess: number;
  between: number;
  correlation: number;
}

/** Pools the series of a family, each by what it knows (DerSimonian, Laird 1986). */
export function poolVariation(all: readonly DayVariation[]): PooledVariation {
  let weight = 0;
  let excess = 0;
  let lagged = 0;
  let used = 0;
  for (const each of all) {
    const w = precision(each, 0);
    if (w === 0) continue;
    used++;
    weight += w;
    excess += w * each.excess;
    lagged += w * each.lagged;
  }
  if (weight === 0) return { excess: 0, between: 0, correlation: 0 };
  const mean = Math.max(0, excess / weight);
  let heterogeneity = 0;
  for (const each of all) heterogeneity += precision(each, mean) * (each.excess - mean) ** 2;
  const dispersion = all.reduce((sum, each) => sum + precision(each, mean), 0);
  const between = used > 1 ? Math.max(0, (heterogeneity - (used - 1)) / dispersion) : Infinity;
  const correlation = mean > 0 ? Math.max(0, Math.min(mostCorrelation, lagged / weight / mean)) : 0;
  return { excess: mean, between, correlation };
}

/** 1 over the sampling variance of a moment estimate, 2(1/V + σ²)²/days. */
const precision = ({ days, meanVariance }: DayVariation, excess: number): number =>
  days > 1 && meanVariance > 0 ? days / (2 * (1 / meanVariance + excess) ** 2) : 0;

/**
 * φ with which a series' likelihoods are tempered: 1 + V·σ²·(1 + ρ)/(1 − ρ). σ² is its own excess variance of
 * days, or what remains of it shrunk to its family's, whichever is more (too small a φ costs false alarms,
 * too large a one a few per cent of delay); ρ the family's correlation from day to day. 1 where days differ
 * by no more than chance.
 */
export function overdispersion(own: DayVariation, family: PooledVariation): number {
  const known = precision(own, family.excess);
  const part =
    known === 0 ? 0 : family.between === Infinity ? 1 : family.between / (family.between + 1 / known);
  const shrunk = family.excess + part * (own.excess - family.excess);
  const excess = Math.max(0, shrunk, own.excess);
  return 1 + (own.meanVariance * excess * (1 + family.correlation)) / (1 - family.correlation);
}
