import { type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { CounterLayout } from '../cells/counters.ts';
import type { LinkedCounters } from '../cells/linked-counters.ts';
import type { RollupGroup } from '../journeys/rollup.ts';
import type { Calendar } from './calendar.ts';
import type { Place } from './cell-places.ts';
import type { DaySums } from './day-sums.ts';
import type { LinkedTrials } from './linked-trials.ts';
import type { MinuteCounts } from './observer.ts';
import type { Counts } from './tally.ts';
import type { Trials } from './trials.ts';
import type { WindowSums } from './window-sums.ts';

interface CountingOptions {
  layout: CounterLayout;
  counters: LinkedCounters;
  calendar: Calendar;
  placeOf: (cell: number) => Place;
  trials: Trials;
  linkedTrials: LinkedTrials;
  windows: WindowSums;
  days: DaySums;
}

/** Counts per cell of one minute, for evidence: dense below the cohort counters; answers by `LinkedCounters`. */
interface Gathered {
  counts: Map<number, Int32Array>;
  linked: Map<number, Map<number, number>>;
}

/** Puts the groups of a closing minute where they are counted: windows and days by their date, evidence by their stamp. */
export class Counting {
  readonly #o: CountingOptions;
  /** Arrays for the dense counts of a minute, used again for the next. */
  readonly #arrays: Int32Array[] = [];

  constructor(options: CountingOptions) {
    this.#o = options;
  }

  /** Is a counter summed in windows as it comes? */
  isShown(counter: number): boolean {
    return !this.#o.layout.isCohort(counter) && !this.#o.counters.is(counter);
  }

  /** Counts all groups that are stamped with the minute; gives what evidence may use of it, until the next call. */
  count(minute: Minute, groups: readonly RollupGroup[]): MinuteCounts {
    const gathered: Gathered = { counts: new Map(), linked: new Map() };
    for (const group of groups) this.#group(group, minute, gathered);
    const trials = [...this.#o.trials.take(minute)];
    for (const trial of trials) this.#sum(trial.cell, minute, trial.counts);
    return { ...gathered, trials, linkedTrials: this.#o.linkedTrials.take(minute) };
  }

  #group(group: RollupGroup, now: Minute, { counts: evidence, linked }: Gathered): void {
    const { cell, minute, revision, counts } = group;
    const { layout, counters, trials } = this.#o;
    const { cohortBase, cohorts } = layout;
    const shown: number[] = [];
    for (let i = 0; i < counts.length; i += 2) {
      const counter = counts[i]!;
      const delta = counts[i + 1]!;
      if (counters.is(counter)) {
        this.#linked(group, counter, delta, now, linked);
        continue;
      }
      if (!layout.isCohort(counter)) shown.push(counter, delta);
      else {
        trials.add(cell, minute, counter, delta, now - 1, (due, c, d) => this.#sum(cell, due, [c, d]));
        if (counter === cohorts.all.entered) shown.push(counter, delta);
      }
      if (!revision && counter < cohortBase) {
        getOrAdd(evidence, cell, () => this.#array(evidence.size))[counter]! += delta;
      }
    }
    this.#sum(cell, minute, shown);
  }

  /** The `n`th array of the minute, all zeros. */
  #array(n: number): Int32Array {
    this.#arrays[n] ??= new Int32Array(this.#o.layout.cohortBase);
    return this.#arrays[n].fill(0);
  }

  /** Outcomes that are told apart by earlier ones: for evidence alone. */
  #linked(
    { cell, minute, revision }: RollupGroup,
    counter: number,
    delta: number,
    now: Minute,
    scores: Gathered['linked'],
  ): void {
    if (!this.#o.counters.isScore(counter)) {
      this.#o.linkedTrials.add(cell, minute, counter, delta, now);
    } else if (!revision) {
      const counts = getOrAdd(scores, cell, () => new Map<number, number>());
      counts.set(counter, (counts.get(counter) ?? 0) + delta);
    }
  }

  #sum(cell: number, minute: Minute, counts: Counts): void {
    if (counts.length === 0) return;
    const place = this.#o.placeOf(cell);
    this.#o.windows.add(place, minute, counts);
    this.#o.days.add(this.#o.calendar.day(minute * minuteMs), place, counts);
  }
}
