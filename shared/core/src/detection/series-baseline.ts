import { getOrAdd } from '../bytes/get-or-add.ts';
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

/**
 * What is expected of a stratum is worked out once a day, and added up over the strata that belong to the same
 * series before it is added to each of these.
 */
function daysOfSeries(
  history: BaselineHistory,
  baseline: Baseline,
  series: readonly Includes[],
  { today, freezes = [] }: SeriesOptions,
): SeriesDays[] {
  const lists = sharedLearningDays(today, history, freezesOf(history.strata, series, freezes));
  const found = series.map((): SeriesDays => ({ n: 0, residuals: [] }));
  const members = new Members(history.strata, baseline, series);
  const factors = dayEffects(baseline).map((effect) => Math.exp(-effect));
  for (const days of new Set(lists)) {
    for (const day of days.toReversed()) {
      const factor = factors[dayOfWeek(day)]!;
      history.each(day, (stratum, n, sum) => {
        const { against, kind } = members.of(stratum);
        const p = 1 / (1 + against * factor);
        kind.n += n;
        kind.observed += sum / baseline.scale;
        kind.expected += n * p;
        kind.variance += (n * p * (1 - p)) / baseline.spread;
      });
      for (const [i, of] of found.entries()) if (lists[i] === days) of.residuals.push(nothing());
      for (const kind of members.kinds) {
        for (const i of kind.series) if (lists[i] === days) addDay(found[i]!, kind);
        Object.assign(kind, nothing(), { n: 0 });
      }
    }
  }
  return found;
}

const nothing = (): DayResidual => ({ observed: 0, expected: 0, variance: 0 });

function addDay(to: SeriesDays, { n, observed, expected, variance }: Kind): void {
  const residual = to.residuals.at(-1)!;
  to.n += n;
  residual.observed += observed;
  residual.expected += expected;
  residual.variance += variance;
}

/** Strata that belong to the same series, and what they saw on one day. */
interface Kind extends DayResidual {
  series: readonly number[];
  n: number;
}

interface Member {
  /** Odds against an event at the average hour. */
  against: number;
  kind: Kind;
}

/** Which series each stratum belongs to. */
class Members {
  readonly #strata: readonly string[];
  readonly #baseline: Baseline;
  readonly #series: readonly Includes[];
  readonly #members: (Member | undefined)[];
  readonly #kinds = new Map<string, Kind>();

  constructor(strata: readonly string[], baseline: Baseline, series: readonly Includes[]) {
    this.#strata = strata;
    this.#baseline = baseline;
    this.#series = series;
    this.#members = strata.map(() => undefined);
  }

  get kinds(): Iterable<Kind> {
    return this.#kinds.values();
  }

  of(stratum: number): Member {
    const member = this.#members[stratum] ?? this.#find(this.#strata[stratum]!);
    this.#members[stratum] = member;
    return member;
  }

  #find(key: string): Member {
    const series = [...this.#series.keys()].filter((i) => this.#series[i]!(key));
    const kind = getOrAdd(this.#kinds, series.join(), () => ({ series, n: 0, ...nothing() }));
    return { against: Math.exp(-this.#baseline.logit(key)), kind };
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
