import { dayMinutes, hourMinutes, type Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { LinkedCounters } from '../cells/linked-counters.ts';

/** Who was at risk of coming back at an age, among those of one cell with the same outcomes so far, and who did. */
export interface LinkedTrial {
  cell: number;
  context: number;
  age: number;
  atRisk: number;
  failed: number;
}

/**
 * As `Trials`, for interactions told apart by their other outcomes; by the hour of their close, since nothing of it is
 * shown by the minute. The bucket of age a of an hour is complete (a + 1) days + lag after the end of the hour. What
 * becomes known of it later is left out.
 */
export class LinkedTrials {
  readonly #counters: LinkedCounters;
  readonly #lag: number;
  /** Hour since 1970 → cell → counter → count. */
  readonly #hours = new Map<number, Map<number, Map<number, number>>>();
  /** Hours whose counts have changed. */
  readonly dirty = new Set<number>();

  /** `lagMinutes`: the longest that a contact may take to close. */
  constructor(counters: LinkedCounters, lagMinutes: number) {
    this.#counters = counters;
    this.#lag = lagMinutes;
  }

  /** Is nothing on its way? */
  get empty(): boolean {
    return this.#hours.size === 0;
  }

  /** Adds a count of a minute of closing; `now`: the minute that is being closed. */
  add(cell: number, closed: Minute, counter: number, delta: number, now: Minute): void {
    const hour = Math.floor(closed / hourMinutes);
    if (this.#due(hour, this.#counters.ages - 1) < now) return;
    const cells = getOrAdd(this.#hours, hour, () => new Map<number, Map<number, number>>());
    const counts = getOrAdd(cells, cell, () => new Map<number, number>());
    const count = (counts.get(counter) ?? 0) + delta;
    if (count === 0) counts.delete(counter);
    else counts.set(counter, count);
    this.dirty.add(hour);
  }

  /** Last minute in which the bucket of an age of an hour is not complete yet. */
  #due(hour: number, age: number): Minute {
    return (hour + 1) * hourMinutes - 1 + (age + 1) * dayMinutes + this.#lag;
  }

  /** Trials of all ages that are complete at the end of this minute. */
  take(minute: Minute): LinkedTrial[] {
    if (this.empty || (minute - this.#due(0, 0)) % hourMinutes !== 0) return [];
    const trials: LinkedTrial[] = [];
    for (let age = 0; age < this.#counters.ages; age++) {
      const hour = (minute - this.#due(0, age)) / hourMinutes;
      for (const [cell, counts] of this.#hours.get(hour) ?? []) this.#trials(cell, counts, age, trials);
    }
    const done = (minute - this.#due(0, this.#counters.ages - 1)) / hourMinutes;
    if (this.#hours.delete(done)) this.dirty.add(done);
    return trials;
  }

  #trials(cell: number, counts: ReadonlyMap<number, number>, age: number, into: LinkedTrial[]): void {
    const contexts = new Map<number, LinkedTrial>();
    for (const [counter, count] of counts) {
      const of = this.#counters.parse(counter);
      if (of.kind === 'score' || of.age > age) continue;
      const { context } = of;
      const trial = getOrAdd(contexts, context, () => ({ cell, context, age, atRisk: 0, failed: 0 }));
      if (of.kind === 'joined') trial.atRisk += count;
      else if (of.age === age) trial.failed += count;
    }
    for (const trial of contexts.values()) if (trial.atRisk > 0) into.push(trial);
  }

  encode(hour: number, to: ByteWriter): boolean {
    const cells = this.#hours.get(hour);
    if (!cells) return false;
    to.int(cells.size);
    for (const [cell, counts] of cells) {
      to.int(cell).int(counts.size);
      for (const [counter, count] of counts) to.int(counter - this.#counters.first).int(count);
    }
    return true;
  }

  restore(hour: number, from: ByteReader): void {
    const cells = new Map<number, Map<number, number>>();
    for (let n = from.int(); n > 0; n--) {
      const cell = from.int();
      const counts = new Map<number, number>();
      for (let m = from.int(); m > 0; m--) counts.set(this.#counters.first + from.int(), from.int());
      cells.set(cell, counts);
    }
    this.#hours.set(hour, cells);
  }
}
