import { type AdditiveModel, fitAdditive, namedModel, predictLogit, rowLogits } from './additive-model.ts';
import { collectRows, groupMeans, spreadOf } from './baseline-rows.ts';
import { designOf, nestedTerms } from './design.ts';
import { type BaselineHistory, type CalendarDay, splitKey } from './history.ts';
import { type Freeze, learnFrom } from './learning-days.ts';
import { clampProbability, expit } from './odds.ts';
import { WeekShape } from './week-shape.ts';

export interface LearnOptions {
  /** The first local day that is not over yet. */
  today: CalendarDay;
  /** Largest value of a score, in points below the best (4, 6, 10); 1 for events. */
  scale?: number;
  freezes?: readonly Freeze[];
}

/**
 * Expected probabilities (or mean dissatisfactions) of one family, per stratum and hour of the week:
 * logit p₀ = effects of the stratum's attributes, shrunk + effect of the hour. Immutable.
 */
export class Baseline {
  readonly scale: number;
  /** First and last day learned from; null where there was nothing. */
  readonly from: CalendarDay | null;
  readonly to: CalendarDay | null;
  /** Observations learned from. */
  readonly n: number;
  /**
   * p(1 − p) over the variance of one observation within its stratum: what bets on scores are sharpened by; 1
   * for events.
   */
  readonly spread: number;
  readonly strata: AdditiveModel;
  /** Logits of the strata learned from, as `strata` gives them. */
  readonly known: ReadonlyMap<string, number>;
  /** Added to the logit, per hour of the week. */
  readonly hours: Float64Array;

  constructor(fields: Omit<Baseline, 'logit' | 'probability' | 'dayLogit'>) {
    this.scale = fields.scale;
    this.from = fields.from;
    this.to = fields.to;
    this.n = fields.n;
    this.spread = fields.spread;
    this.strata = fields.strata;
    this.known = fields.known;
    this.hours = fields.hours;
  }

  /**
   * Logit of a stratum at the average hour; of its nearest known relatives where it was never seen. To be
   * cached by the caller.
   */
  logit(key: string): number {
    return this.known.get(key) ?? predictLogit(this.strata, splitKey(key));
  }

  /** p₀ (or m₀) of a stratum whose `logit` is known, in an hour of the week. */
  probability(logit: number, hourOfWeek: number): number {
    return clampProbability(expit(logit + this.hours[hourOfWeek]!));
  }
}

/** Rounds of fitting strata and hours in turn. */
const rounds = 3;

/**
 * Learns from the last 56 days that are older than 7 and not frozen. The same sums give the same baseline to
 * the bit, in whatever order they were added.
 */
export function learnBaseline(history: BaselineHistory, options: LearnOptions): Baseline {
  const { today, scale = 1, freezes = [] } = options;
  const rows = collectRows(history, { today, scale, freezes });
  const { keys, n, sum, groups } = rows;
  const spread = scale === 1 ? 1 : spreadOf(rows);
  const depth = keys.reduce((most, key) => Math.max(most, key.length), 0);
  const design = designOf(keys, nestedTerms(depth));
  const end = today - learnFrom.olderThanDays;
  const hourly = history.hours(end - learnFrom.days - 6, end - 6);
  const week = new WeekShape(
    rows.groupNames.map((name) => hourly.get(name)),
    scale,
  );
  const offset = new Float64Array(keys.length);
  for (let round = 1; ; round++) {
    const fit = fitAdditive(design, { n, sum, offset }, 1 / spread);
    const logits = rowLogits(design, fit, keys.length);
    const levels = groupMeans(rows, logits);
    const hours = week.fit(levels, 1 / spread);
    if (round === rounds) {
      const strata = namedModel(keys, design, fit);
      const known = new Map(rows.strata.map((key, row) => [key, logits[row]!]));
      const total = n.reduce((a, b) => a + b, 0);
      return new Baseline({ scale, from: rows.from, to: rows.to, n: total, spread, strata, known, hours });
    }
    const added = week.offsets(levels, hours);
    for (const [row, group] of groups.of.entries()) offset[row] = added[group]!;
  }
}

/** Effect of each day of the week (0: Monday), as the plain mean of its hours' effects. */
export function dayEffects(baseline: Baseline): Float64Array {
  return Float64Array.from({ length: 7 }, (_, day) => {
    let sum = 0;
    for (let hour = 0; hour < 24; hour++) sum += baseline.hours[24 * day + hour]!;
    return sum / 24;
  });
}
