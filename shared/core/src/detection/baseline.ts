import { type AdditiveModel, fitAdditive, nestedTerms, predictLogit } from './additive-model.ts';
import { type BaselineHistory, type CalendarDay, groupOf, hoursPerWeek, splitKey } from './history.ts';
import { clampProbability, expit, logit } from './odds.ts';

/** Days of history that a baseline is learned from, and how old the newest of them is at least. */
export const learnFrom = { days: 56, olderThanDays: 7 } as const;

/** Days that a stratum must not learn from: an open change, or one that was never re-based. `to` is exclusive. */
export interface Freeze {
  includes(key: string): boolean;
  from: CalendarDay;
  to: CalendarDay;
}

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
  /** Added to the logit, per hour of the week. */
  readonly hours: Float64Array;

  constructor(fields: Omit<Baseline, 'logit' | 'probability' | 'dayLogit'>) {
    this.scale = fields.scale;
    this.from = fields.from;
    this.to = fields.to;
    this.n = fields.n;
    this.spread = fields.spread;
    this.strata = fields.strata;
    this.hours = fields.hours;
  }

  /**
   * Logit of a stratum at the average hour; of its nearest known relatives where it was never seen. To be
   * cached by the caller.
   */
  logit(key: string): number {
    return predictLogit(this.strata, splitKey(key));
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
  const { today, scale = 1 } = options;
  const rows = collect(history, options);
  const keys = rows.keys.map(splitKey);
  const depth = keys.reduce((most, key) => Math.max(most, key.length), 0);
  const spread = scale === 1 ? 1 : spreadOf(rows);
  const end = today - learnFrom.olderThanDays;
  const hourly = history.hours(end - learnFrom.days - 6, end - 6);
  let hours: Float64Array = new Float64Array(hoursPerWeek);
  let strata: AdditiveModel = { intercept: 0, terms: [] };
  let groups: ReadonlyMap<string, number> = new Map();
  for (let round = 0; round < rounds; round++) {
    const offset = Float64Array.from(rows.keys, (key) => hourOffset(groups, hourly, hours, groupOf(key)));
    strata = fitAdditive({ keys, n: rows.n, sum: rows.sum, offset }, nestedTerms(depth), 1 / spread);
    groups = groupLogits(rows, strata);
    hours = fitHours(hourly, groups, scale, spread);
  }
  const n = rows.n.reduce((a, b) => a + b, 0);
  return new Baseline({ scale, from: rows.from, to: rows.to, n, spread, strata, hours });
}

interface Collected {
  /** Sorted. */
  keys: string[];
  n: Float64Array;
  /** In units of the worst score. */
  sum: Float64Array;
  squares: Float64Array;
  from: CalendarDay | null;
  to: CalendarDay | null;
}

function collect(history: BaselineHistory, { today, scale = 1, freezes = [] }: LearnOptions): Collected {
  const strata = history.strata.map((key, id) => ({ key, id })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const kept: { key: string; n: number; sum: number; squares: number }[] = [];
  let first: CalendarDay | null = null;
  let last: CalendarDay | null = null;
  const all = learningDays(today, history, []);
  for (const { key, id } of strata) {
    const own = freezes.filter((freeze) => freeze.includes(key));
    const row = { key, n: 0, sum: 0, squares: 0 };
    for (const day of own.length === 0 ? all : learningDays(today, history, own)) {
      const sums = history.at(id, day);
      if (!sums) continue;
      row.n += sums.n;
      row.sum += sums.sum / scale;
      row.squares += sums.squares / (scale * scale);
      first = first === null ? day : Math.min(first, day);
      last = last === null ? day : Math.max(last, day);
    }
    if (row.n > 0) kept.push(row);
  }
  return {
    keys: kept.map((row) => row.key),
    n: Float64Array.from(kept, (row) => row.n),
    sum: Float64Array.from(kept, (row) => row.sum),
    squares: Float64Array.from(kept, (row) => row.squares),
    from: first,
    to: last,
  };
}

/**
 * The newest 56 calendar days that are old enough and outside of every freeze, back to the first day of the
 * history.
 */
export function learningDays(
  today: CalendarDay,
  history: BaselineHistory,
  freezes: readonly Freeze[],
): CalendarDay[] {
  const oldest = history.days()[0] ?? today;
  const days: CalendarDay[] = [];
  for (let day = today - learnFrom.olderThanDays - 1; day >= oldest && days.length < learnFrom.days; day--) {
    if (!freezes.some((freeze) => day >= freeze.from && day < freeze.to)) days.push(day);
  }
  return days;
}

/** m(1 − m)/σ² with σ² pooled within strata; between 1 and 10. */
function spreadOf(rows: Collected): number {
  let bernoulli = 0;
  let within = 0;
  for (let i = 0; i < rows.keys.length; i++) {
    const mean = rows.sum[i]! / rows.n[i]!;
    bernoulli += rows.n[i]! * mean * (1 - mean);
    within += rows.squares[i]! - rows.n[i]! * mean * mean;
  }
  return bernoulli > 0 ? Math.max(1, Math.min(10, bernoulli / Math.max(within, bernoulli / 10))) : 1;
}

/** Mean logit of each group's strata, weighted by their observations. */
function groupLogits(rows: Collected, strata: AdditiveModel): Map<string, number> {
  const sums = new Map<string, { n: number; sum: number }>();
  for (let i = 0; i < rows.keys.length; i++) {
    const group = groupOf(rows.keys[i]!);
    const of = sums.get(group) ?? { n: 0, sum: 0 };
    of.n += rows.n[i]!;
    of.sum += rows.n[i]! * predictLogit(strata, splitKey(rows.keys[i]!));
    sums.set(group, of);
  }
  return new Map([...sums].map(([group, of]) => [group, of.sum / of.n]));
}

/**
 * Effects of hour of day, day of week and hour of week over what the mix of groups in each hour makes one
 * expect. The intercept is dropped: hours tell a shape, never a level.
 */
function fitHours(
  hourly: ReadonlyMap<string, Float64Array>,
  logits: ReadonlyMap<string, number>,
  scale: number,
  spread: number,
): Float64Array {
  const keys: string[][] = [];
  const [n, sum, offset]: [number[], number[], number[]] = [[], [], []];
  for (const group of [...hourly.keys()].sort()) {
    const logit = logits.get(group);
    if (logit === undefined) continue;
    const counts = hourly.get(group)!;
    for (let hour = 0; hour < hoursPerWeek; hour++) {
      if (counts[2 * hour] === 0) continue;
      keys.push(hourKey(hour));
      n.push(counts[2 * hour]!);
      sum.push(counts[2 * hour + 1]! / scale);
      offset.push(logit);
    }
  }
  const rows = {
    keys,
    n: Float64Array.from(n),
    sum: Float64Array.from(sum),
    offset: Float64Array.from(offset),
  };
  const model = fitAdditive(rows, nestedTerms(2), 1 / spread);
  return Float64Array.from(
    { length: hoursPerWeek },
    (_, h) => predictLogit(model, hourKey(h)) - model.intercept,
  );
}

const hourKey = (hour: number): string[] => [String(hour % 24), String(Math.floor(hour / 24))];

/**
 * What the hours in which a group was seen add to the logit of its mean probability; more than their mean, as
 * logits are curved.
 */
function hourOffset(
  groups: ReadonlyMap<string, number>,
  hourly: ReadonlyMap<string, Float64Array>,
  hours: Float64Array,
  group: string,
): number {
  const level = groups.get(group);
  const counts = hourly.get(group);
  if (level === undefined || !counts) return 0;
  let n = 0;
  let sum = 0;
  for (let hour = 0; hour < hoursPerWeek; hour++) {
    n += counts[2 * hour]!;
    sum += counts[2 * hour]! * expit(level + hours[hour]!);
  }
  return n > 0 ? logit(sum / n) - level : 0;
}

/** Effect of each day of the week (0: Monday), as the plain mean of its hours' effects. */
export function dayEffects(baseline: Baseline): Float64Array {
  return Float64Array.from({ length: 7 }, (_, day) => {
    let sum = 0;
    for (let hour = 0; hour < 24; hour++) sum += baseline.hours[24 * day + hour]!;
    return sum / 24;
  });
}
