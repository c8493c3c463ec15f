import type { Days } from '@seamwatch/contracts/units.ts';

/** Longest stretch without observations that counts as time passed: a change cannot begin in what nobody saw. */
const longestGap: Days = 1;

/**
 * The false-alarm budget of the whole installation: at most `per30Days` false alerts in 30 days over all
 * series together, whatever their number and their dependence.
 *
 * Evidence is kept in *installation days*: a series of weight w takes w/Σw of each day that passes, so the
 * inflows of all series add up to the time that passed, and the threshold is 30/budget installation days for
 * each. With N equal series that is 30·N/budget days of a series of its own. A series that comes or goes
 * changes the shares of the time to come alone: what is past keeps its distance to the threshold.
 */
export class Fleet {
  readonly per30Days: number;
  readonly #weights = new Map<string, number>();
  #total = 0;

  /** Throws `RangeError` where the budget is not positive. */
  constructor(per30Days: number) {
    if (!(per30Days > 0))
      throw new RangeError(`a budget of ${per30Days} false alerts, where more than 0 is right`);
    this.per30Days = per30Days;
  }

  /** Adds a series, or changes its weight. Weight 0: watched and shown, never an alert, no part of the budget. */
  set(series: string, weight = 1): void {
    if (!(weight >= 0)) throw new RangeError(`weight ${weight} of ${series}, where 0 or more is right`);
    if (this.#weights.get(series) === weight) return;
    this.#weights.set(series, weight);
    this.#sum();
  }

  delete(series: string): void {
    if (this.#weights.delete(series)) this.#sum();
  }

  get size(): number {
    return this.#weights.size;
  }

  /** Summed in order of size, so that the order of arrival leaves no trace. */
  #sum(): void {
    this.#total = 0;
    for (const weight of [...this.#weights.values()].sort((a, b) => a - b)) this.#total += weight;
  }

  /** Installation days at which evidence is an alert. */
  get threshold(): Days {
    return 30 / this.per30Days;
  }

  /** The part of passing time that a series takes; that of weight 1 where its own weight is 0. */
  share(series: string): number {
    const weight = this.#weights.get(series) ?? 0;
    return (weight > 0 ? weight : 1) / Math.max(this.#total, weight > 0 ? weight : 1);
  }

  /**
   * Installation days that `elapsed` days add to a series; none where the clock went backwards, one day's at
   * most.
   */
  inflow(series: string, elapsed: Days): Days {
    return elapsed > 0 ? Math.min(elapsed, longestGap) * this.share(series) : 0;
  }

  /** Evidence of a series in days of its own: chance alone gives it *there* at most once in so many days. */
  seriesDays(series: string, installationDays: Days): Days {
    return installationDays / this.share(series);
  }
}
