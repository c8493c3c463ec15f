import { type ProductLimit, productLimit } from '../../stats/product-limit.ts';

/** Interactions closed on a day, and repeats by age in days as far as they are known. */
export interface RepeatCohort {
  day: number;
  contacts: number;
  repeatsByAge: readonly number[];
}

export interface RepeatNowcast extends ProductLimit {
  /** All repeats over all contacts, as dashboards do it: too low, because young cohorts have not had the time. */
  naive: number;
  /** Over all cohorts that are complete: right, and a week late. */
  maturedOnly: number;
  maturedDays: number[];
}

/** Repeat-contact rate of the cohorts of the days from … to, beside the two estimates that are usual. */
export function repeatNowcast(
  cohorts: readonly RepeatCohort[],
  [from, to]: readonly [number, number],
  ages: number,
): RepeatNowcast {
  const inside = cohorts.filter(({ day }) => day >= from && day <= to);
  const atRisk = new Float64Array(ages);
  const events = new Float64Array(ages);
  for (const { contacts, repeatsByAge } of inside) {
    let left = contacts;
    for (let age = 0; age < Math.min(ages, repeatsByAge.length); age++) {
      atRisk[age] = atRisk[age]! + left;
      events[age] = events[age]! + repeatsByAge[age]!;
      left -= repeatsByAge[age]!;
    }
  }
  const matured = cohorts.filter(({ repeatsByAge }) => repeatsByAge.length >= ages);
  return {
    ...productLimit(atRisk, events),
    naive: shareOf(inside),
    maturedOnly: shareOf(matured),
    maturedDays: matured.map(({ day }) => day),
  };
}

function shareOf(cohorts: readonly RepeatCohort[]): number {
  let repeats = 0;
  let contacts = 0;
  for (const cohort of cohorts) {
    contacts += cohort.contacts;
    for (const count of cohort.repeatsByAge) repeats += count;
  }
  return repeats / contacts;
}
