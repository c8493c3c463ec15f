import type { Measure, MeasureUnit } from '@seamwatch/contracts/measures.ts';
import { measures } from '@seamwatch/contracts/measures.ts';
import type { DayRecord } from '@seamwatch/contracts/records.ts';

export interface DayValue {
  /** Start of the day in ms. */
  at: number;
  value: number | null;
  lower: number | null;
  upper: number | null;
  n: number;
  baseline: number | null;
}

/** One measure, a day each, in the order of time. */
export function dayValues(days: readonly DayRecord[], measure: Measure): DayValue[] {
  return days
    .map((day) => {
      const point = day.points.find((p) => p.measure === measure);
      return {
        at: Date.parse(day.start),
        value: point?.value ?? null,
        lower: point?.lower ?? null,
        upper: point?.upper ?? null,
        n: point?.n ?? 0,
        baseline: point?.baseline ?? null,
      };
    })
    .sort((a, b) => a.at - b.at);
}

export interface TrendPoint {
  at: number;
  value: number | null;
}

const pooledDays = 7;

/**
 * The trend of a sparkline: each day pooled with the six before it, weighted by n (merged sums, not an average of
 * averages). Volumes and quantiles cannot be pooled so and stay daily. Fewer than `minimumN` in all: a gap.
 */
export function trend(days: readonly DayValue[], measure: Measure, minimumN: number): TrendPoint[] {
  const { unit } = measures[measure];
  if (unit === 'count' || unit === 'ms') return days.map(({ at, value }) => ({ at, value }));
  return days.map(({ at }, index) => {
    let sum = 0;
    let n = 0;
    for (const day of days.slice(Math.max(0, index - pooledDays + 1), index + 1)) {
      if (day.value === null) continue;
      sum += day.value * day.n;
      n += day.n;
    }
    return { at, value: n >= Math.max(1, minimumN) ? sum / n : null };
  });
}

/**
 * Where daily values lie 95 % of the time if nothing has changed: the baseline with the half width of the day's own
 * interval on either side, a share within 0 and 1; null where there is no baseline or no interval.
 */
export function expectedRange(day: DayValue, unit: MeasureUnit): { low: number; high: number } | null {
  if (day.baseline === null || day.lower === null || day.upper === null) return null;
  const half = (day.upper - day.lower) / 2;
  const [low, high] = [day.baseline - half, day.baseline + half];
  return unit === 'share' ? { low: Math.max(0, low), high: Math.min(1, high) } : { low, high };
}
