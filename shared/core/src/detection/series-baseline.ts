import { type Baseline, dayEffects } from './baseline.ts';
import { type BaselineHistory, type CalendarDay, dayOfWeek } from './history.ts';
import { type Freeze, learnFrom, sharedLearningDays } from './learning-days.ts';
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
  const days = daysOfSeries(history, baseline, series, options);
  const variations = days.map(({ residuals }) => dayVariation(residuals));
  const family = poolVariation(variations);
  return days.map(({ n, residuals }, i) => {
    const phi = overdispersion(variations[i]!, family);
    const information = residuals.reduce((sum, { variance }) => sum + variance, 0) * baseline.spread ** 2;
    return sizedUp(n, residuals.length, information, phi, baseline.spread, options.today);
  });
}

/** Observations of a series and their residuals, day by day. */
interface SeriesDays {
  n: number;
  residuals: DayResidual[];
}

/** What is expected of a stratum is worked out once a day, and added to all series that the stratum is in. */
function daysOfSeries(
  history: BaselineHistory,
  baseline: Baseline,
  series: readonly Includes[],
  { today, freezes = [] }: SeriesOptions,
): SeriesDays[] {
  const lists = sharedLearningDays(today, history, freezesOf(history.strata, series, freezes));
  const found = series.map((): SeriesDays => ({ n: 0, residuals: [] }));
  const against = dayEffects(baseline).map((effect) => Math.exp(-effect));
  const members: (Member | undefined)[] = history.strata.map(() => undefined);
  const sums = new ResidualSums(series.length);
  for (const days of new Set(lists)) {
    for (const day of days.toReversed()) {
      const factor = against[dayOfWeek(day)]!;
      sums.clear();
      history.each(day, (stratum, n, sum) => {
        const member = members[stratum] ?? memberOf(history.strata[stratum]!, baseline, series);
        members[stratum] = member;
        const p = 1 / (1 + member.against * factor);
        sums.add(member.series, n, sum / baseline.scale, p, baseline.spread);
      });
      for (const [i, of] of found.entries()) {
        if (lists[i] !== days) continue;
        of.n += sums.n[i]!;
        of.residuals.push(sums.residual(i));
      }
    }
  }
  return found;
}

/** A stratum and the numbers of the series that it belongs to. */
interface Member {
  /** Odds against an event at the average hour. */
  against: number;
  series: readonly number[];
}

const memberOf = (key: string, baseline: Baseline, series: readonly Includes[]): Member => ({
  against: Math.exp(-baseline.logit(key)),
  series: [...series.keys()].filter((i) => series[i]!(key)),
});

/** What all series saw on one day, in columns. */
class ResidualSums {
  readonly n: Float64Array;
  readonly #observed: Float64Array;
  readonly #expected: Float64Array;
  readonly #variance: Float64Array;

  constructor(series: number) {
    this.n = new Float64Array(series);
    this.#observed = new Float64Array(series);
    this.#expected = new Float64Array(series);
    this.#variance = new Float64Array(series);
  }

  clear(): void {
    for (const column of [this.n, this.#observed, this.#expected, this.#variance]) column.fill(0);
  }

  /** n observations of probability p. */
  add(series: readonly number[], n: number, observed: number, p: number, spread: number): void {
    const variance = (n * p * (1 - p)) / spread;
    for (const i of series) {
      this.n[i] = this.n[i]! + n;
      this.#observed[i] = this.#observed[i]! + observed;
      this.#expected[i] = this.#expected[i]! + n * p;
      this.#variance[i] = this.#variance[i]! + variance;
    }
  }

  residual(i: number): DayResidual {
    return { observed: this.#observed[i]!, expected: this.#expected[i]!, variance: this.#variance[i]! };
  }
}

/** A freeze is that of every series with which it shares a stratum. */
function freezesOf(
  strata: readonly string[],
  series: readonly Includes[],
  freezes: readonly Freeze[],
): Freeze[][] {
  const frozen = freezes.map((freeze) => strata.filter((key) => freeze.includes(key)));
  return series.map((includes) => freezes.filter((_, i) => frozen[i]!.some(includes)));
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
