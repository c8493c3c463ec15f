import { dayMinutes, type Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { type Cohort, type CounterLayout, cohortNames } from '../cells/counters.ts';

/** What becomes known of a cell in one minute: counts (counter, delta, …), and the hazards among them. */
export interface Trial {
  cell: number;
  counts: number[];
  /** Of identified interactions, by age: at risk and come back. */
  hazards: { age: number; atRisk: number; failed: number }[];
}

const contactCohorts = ['all', 'resolved', 'sameMatter'] as const satisfies readonly Cohort[];

/**
 * Turns cohort counts (dated at entry) into trials (dated at the completion of each age bucket). The bucket of age a of
 * those who entered in minute c is complete in minute c + (a + 1) days + lag, where the lag allows for contacts that
 * have started but not closed. What comes after that corrects the trials, and no evidence.
 */
export class Trials {
  readonly #layout: CounterLayout;
  readonly #lag: Record<Cohort, number>;
  /**
   * Minute of entry → cell → cohort counters (relative to `cohortBase`). Plain arrays: tens of thousands of small typed ones,
   * each with memory of its own outside of the heap, would leave holes there that no buffer fits.
   */
  readonly #entries = new Map<Minute, Map<number, number[]>>();
  readonly #kept: number;
  readonly dirty = new Set<Minute>();

  /** `lagMinutes`: the longest that a contact may take to close. */
  constructor(layout: CounterLayout, lagMinutes: number) {
    this.#layout = layout;
    this.#lag = { all: lagMinutes, resolved: lagMinutes, sameMatter: lagMinutes, surveys: 0 };
    const longest = Math.max(layout.ages * dayMinutes + lagMinutes, layout.cohorts.surveys.ages * dayMinutes);
    this.#kept = longest;
  }

  /** Is nothing on its way? */
  get empty(): boolean {
    return this.#entries.size === 0;
  }

  /** Number of cohort counters. */
  get #size(): number {
    return this.#layout.trialBase - this.#layout.cohortBase;
  }

  #due(entered: Minute, cohort: Cohort, age: number): Minute {
    return entered + (age + 1) * dayMinutes + this.#lag[cohort];
  }

  /**
   * Adds cohort counts. `closed` is the last minute whose trials have been taken; for ages due by then the correction
   * is handed to `correct`, with the minute to which it belongs.
   */
  add(
    cell: number,
    entered: Minute,
    counter: number,
    delta: number,
    closed: Minute,
    correct: (minute: Minute, counter: number, delta: number) => void,
  ): void {
    if (entered > closed - this.#kept) {
      const cells = getOrAdd(this.#entries, entered, () => new Map<number, number[]>());
      const counts = getOrAdd(cells, cell, () => new Array<number>(this.#size).fill(0));
      counts[counter - this.#layout.cohortBase]! += delta;
      this.dirty.add(entered);
    }
    for (const cohort of cohortNames) {
      const { entered: first, events, ages, atRisk, failed } = this.#layout.cohorts[cohort];
      if (counter < first || counter >= events + ages) continue;
      const failedAge = counter - events;
      for (let age = Math.max(0, failedAge); age < ages; age++) {
        const due = this.#due(entered, cohort, age);
        if (due > closed) break;
        if (failedAge < 0) correct(due, atRisk + age, delta);
        else if (age === failedAge) correct(due, failed + age, delta);
        else correct(due, atRisk + age, -delta);
      }
    }
  }

  /** Trials of all ages whose buckets complete in this minute, by cell; forgets entries that are done. */
  take(minute: Minute): Iterable<Trial> {
    const trials = new Map<number, Trial>();
    if (this.#entries.size === 0) return [];
    this.#takeCohorts(minute, contactCohorts, trials);
    this.#takeCohorts(minute, ['surveys'], trials);
    if (this.#entries.delete(minute - this.#kept)) this.dirty.add(minute - this.#kept);
    return trials.values();
  }

  /** Cohorts with the same number of ages and the same lag complete together. */
  #takeCohorts(minute: Minute, cohorts: readonly Cohort[], trials: Map<number, Trial>): void {
    const { cohortBase } = this.#layout;
    const first = cohorts[0]!;
    for (let age = 0; age < this.#layout.cohorts[first].ages; age++) {
      const cells = this.#entries.get(minute - (age + 1) * dayMinutes - this.#lag[first]);
      if (!cells) continue;
      for (const [cell, counts] of cells) {
        for (const cohort of cohorts) {
          const { entered, events, atRisk: atRiskAt, failed: failedAt } = this.#layout.cohorts[cohort];
          let atRisk = counts[entered - cohortBase]!;
          for (let earlier = 0; earlier < age; earlier++) atRisk -= counts[events - cohortBase + earlier]!;
          const failed = counts[events - cohortBase + age]!;
          if ((atRisk === 0 || cohort === 'sameMatter') && failed === 0) continue;
          const trial = getOrAdd(trials, cell, () => ({ cell, counts: [], hazards: [] }) as Trial);
          // Of same-matter repeats only the events are shown, as a share of all repeats.
          if (cohort !== 'sameMatter') trial.counts.push(atRiskAt + age, atRisk);
          if (failed !== 0) trial.counts.push(failedAt + age, failed);
          if (cohort === 'all') trial.hazards.push({ age, atRisk, failed });
        }
      }
    }
  }

  encode(entered: Minute, to: ByteWriter): boolean {
    const cells = this.#entries.get(entered);
    if (!cells) return false;
    to.int(cells.size);
    for (const [cell, counts] of cells) {
      to.int(cell);
      for (const count of counts) to.int(count);
    }
    return true;
  }

  restore(entered: Minute, from: ByteReader): void {
    const cells = new Map<number, number[]>();
    for (let n = from.int(); n > 0; n--) {
      cells.set(
        from.int(),
        Array.from({ length: this.#size }, () => from.int()),
      );
    }
    this.#entries.set(entered, cells);
  }
}
