import { getOrAdd } from '../bytes/get-or-add.ts';
import type { BaselineHistory, CalendarDay } from './history.ts';

/** Days of history that a baseline is learned from, and how old the newest of them is at least. */
export const learnFrom = { days: 56, olderThanDays: 7 } as const;

/** Days that a stratum must not learn from: an open change, or one that was never re-based. `to` is exclusive. */
export interface Freeze {
  includes(key: string): boolean;
  from: CalendarDay;
  to: CalendarDay;
}

/**
 * The newest 56 calendar days that are old enough and outside of every freeze, newest first, back to the
 * first day of the history. `today`: the first local day that is not over yet.
 */
export function learningDays(
  today: CalendarDay,
  history: BaselineHistory,
  freezes: readonly Pick<Freeze, 'from' | 'to'>[],
): CalendarDay[] {
  const oldest = history.days()[0] ?? today;
  const days: CalendarDay[] = [];
  for (let day = today - learnFrom.olderThanDays - 1; day >= oldest && days.length < learnFrom.days; day--) {
    if (!freezes.some((freeze) => day >= freeze.from && day < freeze.to)) days.push(day);
  }
  return days;
}

/** `learningDays` of many strata, or series, by the freezes of each; those of the same days share a list. */
export function sharedLearningDays(
  today: CalendarDay,
  history: BaselineHistory,
  freezes: readonly (readonly Freeze[])[],
): CalendarDay[][] {
  const lists = new Map<string, CalendarDay[]>();
  return freezes.map((own) => {
    const name = own.map(({ from, to }) => `${from} ${to}`).join();
    return getOrAdd(lists, name, () => learningDays(today, history, own));
  });
}
