import { type Groups, grouped } from './design.ts';
import { type BaselineHistory, type CalendarDay, splitKey } from './history.ts';
import { type Freeze, sharedLearningDays } from './learning-days.ts';

/** What the strata of a family saw on the days that each of them learns from: a row a stratum. */
export interface BaselineRows {
  /** Keys of the strata, in order, and the attribute values in them. */
  strata: string[];
  keys: string[][];
  n: Float64Array;
  /** In units of the worst score. */
  sum: Float64Array;
  squares: Float64Array;
  /** Groups of strata that hours of the week are counted by, and their names. */
  groups: Groups;
  groupNames: string[];
  /** First and last day on which there was anything; null where there was nothing. */
  from: CalendarDay | null;
  to: CalendarDay | null;
}

export function collectRows(
  history: BaselineHistory,
  { today, scale, freezes }: { today: CalendarDay; scale: number; freezes: readonly Freeze[] },
): BaselineRows {
  const { strata } = history;
  const [n, sum, squares] = [0, 1, 2].map(() => new Float64Array(strata.length)) as Columns;
  const own = strata.map((key) => freezes.filter((freeze) => freeze.includes(key)));
  const days = sharedLearningDays(today, history, own);
  const learned: CalendarDay[] = [];
  for (const shared of new Set(days)) {
    for (const day of shared) {
      let any = false;
      history.each(day, (stratum, trials, events, squared) => {
        if (days[stratum] !== shared) return;
        any = true;
        n[stratum] = n[stratum]! + trials;
        sum[stratum] = sum[stratum]! + events;
        squares[stratum] = squares[stratum]! + squared;
      });
      if (any) learned.push(day);
    }
  }
  const kept = history.order().filter((stratum) => n[stratum]! > 0);
  const names = kept.map((stratum) => strata[stratum]!);
  const groups = grouped(kept.map((stratum) => history.groupOf(stratum)));
  return {
    strata: names,
    keys: names.map(splitKey),
    n: Float64Array.from(kept, (stratum) => n[stratum]!),
    sum: Float64Array.from(kept, (stratum) => sum[stratum]! / scale),
    squares: Float64Array.from(kept, (stratum) => squares[stratum]! / scale ** 2),
    groups,
    groupNames: groups.firsts.map((row) => history.groupOf(kept[row]!)),
    from: learned.length > 0 ? Math.min(...learned) : null,
    to: learned.length > 0 ? Math.max(...learned) : null,
  };
}

type Columns = [n: Float64Array, sum: Float64Array, squares: Float64Array];

/** m(1 − m)/σ² with σ² pooled within strata; between 1 and 10. */
export function spreadOf({ n, sum, squares }: BaselineRows): number {
  let bernoulli = 0;
  let within = 0;
  for (let i = 0; i < n.length; i++) {
    const mean = sum[i]! / n[i]!;
    bernoulli += n[i]! * mean * (1 - mean);
    within += squares[i]! - n[i]! * mean * mean;
  }
  return bernoulli > 0 ? Math.max(1, Math.min(10, bernoulli / Math.max(within, bernoulli / 10))) : 1;
}

/** Mean of the rows of each group, weighted by their observations. */
export function groupMeans({ n, groups: { of, firsts } }: BaselineRows, values: Float64Array): Float64Array {
  const total = new Float64Array(firsts.length);
  const sum = new Float64Array(firsts.length);
  for (const [i, group] of of.entries()) {
    total[group] = total[group]! + n[i]!;
    sum[group] = sum[group]! + n[i]! * values[i]!;
  }
  return sum.map((value, group) => value / total[group]!);
}
