import type { Baseline, Freeze } from './baseline.ts';
import { dayEffects, learnFrom, learningDays } from './baseline.ts';
import { type BaselineHistory, type CalendarDay, dayOfWeek } from './history.ts';
import { expit } from './odds.ts';

/** Below this many baseline observations a series is `learning`, and guarded by one standard error. */
export const learnedFrom = 10_000;

/** What a baseline knows about one series: a segment's strata of one family. */
export interface SeriesBaseline {
  /** Baseline observations. */
  n: number;
  /** Overdispersion of days at the series' own volume, ≥ 1. */
  phi: number;
  spread: number;
  /** Added to every logit, in the direction of harm: one standard error where n is small, else 0. */
  guard: number;
  learning: boolean;
  /** Local day on which `learning` ends at the present volume; null where it has ended, or never will at this volume. */
  readyOn: CalendarDay | null;
}

export interface SeriesOptions {
  today: CalendarDay;
  /** Which strata belong to the series. */
  includes(key: string): boolean;
  freezes?: readonly Freeze[];
}

/** Observed, expected and variance of one day, in events. */
export interface DayResidual {
  observed: number;
  expected: number;
  variance: number;
}

/** Sizes up one series on the days that its baseline was learned from. */
export function seriesBaseline(
  history: BaselineHistory,
  baseline: Baseline,
  { today, includes, freezes = [] }: SeriesOptions,
): SeriesBaseline {
  const members = history.strata.flatMap((key, id) => (includes(key) ? [{ key, id }] : []));
  members.sort((a, b) => (a.key < b.key ? -1 : 1));
  const logits = members.map(({ key }) => baseline.logit(key));
  const days = learningDays(
    today,
    history,
    freezes.filter((freeze) => members.some(({ key }) => freeze.includes(key))),
  );
  const effects = dayEffects(baseline);
  const residuals: DayResidual[] = [];
  let n = 0;
  for (const day of days.reverse()) {
    const residual = { observed: 0, expected: 0, variance: 0 };
    for (let m = 0; m < members.length; m++) {
      const sums = history.at(members[m]!.id, day);
      if (!sums) continue;
      const p = expit(logits[m]! + effects[dayOfWeek(day)]!);
      n += sums.n;
      residual.observed += sums.sum / baseline.scale;
      residual.expected += sums.n * p;
      residual.variance += (sums.n * p * (1 - p)) / baseline.spread;
    }
    residuals.push(residual);
  }
  const phi = overdispersion(residuals);
  const information =
    residuals.reduce((sum, day) => sum + day.variance, 0) * baseline.spread * baseline.spread;
  const learning = n < learnedFrom;
  const guard = learning ? Math.sqrt(phi / Math.max(information, 1)) : 0;
  const readyOn = learning ? readyDay(n, days.length, today) : null;
  return { n, phi, spread: baseline.spread, guard, learning, readyOn };
}

/** When n reaches `learnedFrom` at n/days a day; null where 56 days of it are not enough. */
function readyDay(n: number, days: number, today: CalendarDay): CalendarDay | null {
  if (n === 0 || days === 0) return null;
  const perDay = n / days;
  if (perDay * learnFrom.days < learnedFrom) return null;
  return today + Math.ceil((learnedFrom - n) / perDay);
}

/**
 * φ with which likelihoods are tempered: 1 + V·σ²·(1 + ρ)/(1 − ρ), where V is the mean daily variance of independent events, σ² the excess
 * variance of days (logit scale) and ρ their correlation from day to day, both by moments. 1 where days differ by no more than chance.
 */
export function overdispersion(days: readonly DayResidual[]): number {
  let excess = 0;
  let scale = 0;
  let total = 0;
  let used = 0;
  for (const { observed, expected, variance } of days) {
    if (!(variance > 0)) continue;
    excess += (observed - expected) ** 2 - variance;
    scale += variance * variance;
    total += variance;
    used++;
  }
  if (used < 2 || excess <= 0) return 1;
  let lagged = 0;
  let lagScale = 0;
  for (let i = 1; i < days.length; i++) {
    const [a, b] = [days[i - 1]!, days[i]!];
    lagged += (a.observed - a.expected) * (b.observed - b.expected);
    lagScale += a.variance * b.variance;
  }
  const sigma2 = excess / scale;
  const rho = lagScale > 0 ? Math.max(0, Math.min(0.8, lagged / lagScale / sigma2)) : 0;
  return 1 + ((total / used) * sigma2 * (1 + rho)) / (1 - rho);
}
