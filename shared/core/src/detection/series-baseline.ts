import type { Baseline, Freeze } from './baseline.ts';
import { dayEffects, learnFrom, learningDays } from './baseline.ts';
import { type BaselineHistory, type CalendarDay, dayOfWeek } from './history.ts';
import { expit } from './odds.ts';
import { type DayResidual, dayVariation, overdispersion, poolVariation } from './overdispersion.ts';

/**
 * Below this many baseline observations, counted as if independent (n/φ), a series is `learning` and guarded
 * by one standard error.
 */
export const learnedFrom = 10_000;

/** What a baseline knows about one series: a segment's strata of one family. */
export interface SeriesBaseline {
  /** Baseline observations. */
  n: number;
  /** Overdispersion of days at the series' own volume, ≥ 1. */
  phi: number;
  spread: number;
  /** Standard error of the series' mean logit, with overdispersion. */
  standardError: number;
  /** Added to every logit, in the direction of harm, because the baseline is only an estimate. */
  guard: number;
  learning: boolean;
  /**
   * Local day on which `learning` ends at the present volume; null where it has ended, or never will at this
   * volume.
   */
  readyOn: CalendarDay | null;
}

export interface SeriesOptions {
  today: CalendarDay;
  freezes?: readonly Freeze[];
}

/** Which strata belong to a series. */
export type Includes = (key: string) => boolean;

/**
 * Sizes up all series of one family on the days that their baseline was learned from. Together, because how
 * much days differ by more than chance is known too badly from the 56 days of a single series.
 */
export function seriesBaselines(
  history: BaselineHistory,
  baseline: Baseline,
  series: readonly Includes[],
  options: SeriesOptions,
): SeriesBaseline[] {
  const strata = history.strata.map((key, id) => ({ key, id, logit: baseline.logit(key) }));
  strata.sort((a, b) => (a.key < b.key ? -1 : 1));
  const effects = dayEffects(baseline);
  const days = series.map((includes) => {
    const members = strata.filter(({ key }) => includes(key));
    return residualDays(history, baseline, members, effects, options);
  });
  const variations = days.map(({ residuals }) => dayVariation(residuals));
  const family = poolVariation(variations);
  return days.map(({ n, residuals }, i) => {
    const phi = overdispersion(variations[i]!, family);
    const information = residuals.reduce((sum, { variance }) => sum + variance, 0) * baseline.spread ** 2;
    return sizedUp(n, residuals.length, information, phi, baseline.spread, options.today);
  });
}

interface Member {
  key: string;
  id: number;
  logit: number;
}

function residualDays(
  history: BaselineHistory,
  baseline: Baseline,
  members: readonly Member[],
  effects: Float64Array,
  { today, freezes = [] }: SeriesOptions,
): { n: number; residuals: DayResidual[] } {
  const own = freezes.filter((freeze) => members.some(({ key }) => freeze.includes(key)));
  const residuals: DayResidual[] = [];
  let n = 0;
  for (const day of learningDays(today, history, own).reverse()) {
    const residual = { observed: 0, expected: 0, variance: 0 };
    for (const { id, logit } of members) {
      const sums = history.at(id, day);
      if (!sums) continue;
      const p = expit(logit + effects[dayOfWeek(day)]!);
      n += sums.n;
      residual.observed += sums.sum / baseline.scale;
      residual.expected += sums.n * p;
      residual.variance += (sums.n * p * (1 - p)) / baseline.spread;
    }
    residuals.push(residual);
  }
  return { n, residuals };
}

/** `information`: that of the baseline's observations on a logit, were they independent. */
function sizedUp(
  n: number,
  days: number,
  information: number,
  phi: number,
  spread: number,
  today: CalendarDay,
): SeriesBaseline {
  const effective = n / phi;
  const learning = effective < learnedFrom;
  const standardError = Math.sqrt(phi / Math.max(information, 1));
  const guard = guardPart(effective, phi) * standardError;
  const readyOn = learning ? readyDay(effective, days, today) : null;
  return { n, phi, spread, standardError, guard, learning, readyOn };
}

/**
 * Standard errors between the baseline and the guarded null: 1 while learning, fading to 0 at twice that; and
 * up to 1 where days differ by more than chance, since the amount by which they do is an estimate as well
 * (measured: without it learned fleets overrun their budget by a fifth).
 */
const guardPart = (effective: number, phi: number): number =>
  Math.min(1, Math.max(0, Math.min(1, 2 - effective / learnedFrom)) + 1 - 1 / phi);

/** When n reaches `learnedFrom` at n/days a day; null where 56 days of it are not enough. */
function readyDay(n: number, days: number, today: CalendarDay): CalendarDay | null {
  if (n === 0 || days === 0) return null;
  const perDay = n / days;
  if (perDay * learnFrom.days < learnedFrom) return null;
  return today + Math.ceil((learnedFrom - n) / perDay);
}
