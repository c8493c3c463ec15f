import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { DayNumber } from './calendar.ts';
import { Tally } from './tally.ts';

/** Counts per segment and local day, kept while late events can still correct them. */
export class DaySums {
  readonly #days = new Map<DayNumber, Tally>();
  readonly #counters: number;
  readonly #kept: number;
  /** Segments that changed since they were last shown, by day. */
  readonly #changed = new Map<DayNumber, Set<number>>();
  readonly dirty = new Set<DayNumber>();

  /** `keptDays`: how far back a day can still be corrected. */
  constructor(counters: number, keptDays: number) {
    this.#counters = counters;
    this.#kept = keptDays;
  }

  add(day: DayNumber, segments: readonly number[], counter: number, delta: number): void {
    const tally = getOrAdd(this.#days, day, () => new Tally(this.#counters));
    const changed = getOrAdd(this.#changed, day, () => new Set<number>());
    for (const segment of segments) {
      tally.add(segment, counter, delta);
      changed.add(segment);
    }
    this.dirty.add(day);
  }

  /** Days before `today` (and, with `running`, today) with the segments that changed, oldest first; counts as a dense array. */
  *takeChanged(today: DayNumber, running: boolean): Generator<{ day: DayNumber; segment: number; counts: Int32Array }> {
    for (const day of [...this.#changed.keys()].sort((a, b) => a - b)) {
      if (day > today || (day === today && !running)) continue;
      const changed = this.#changed.get(day)!;
      this.#changed.delete(day);
      const dense = new Map<number, Int32Array>();
      for (const segment of [...changed].sort((a, b) => a - b)) dense.set(segment, new Int32Array(this.#counters));
      this.#days.get(day)?.each((segment, counter, sum) => {
        const counts = dense.get(segment);
        if (counts) counts[counter] = sum;
      });
      for (const [segment, counts] of dense) yield { day, segment, counts };
    }
  }

  /** Sum of one counter range over the days from `from` up to, not including, `to`, for one segment. */
  range(segment: number, from: DayNumber, to: DayNumber, first: number, size: number): Int32Array {
    const counts = new Int32Array(size);
    for (let day = from; day < to; day++) {
      const tally = this.#days.get(day);
      if (tally) for (let i = 0; i < size; i++) counts[i]! += tally.get(segment, first + i);
    }
    return counts;
  }

  expire(today: DayNumber): void {
    for (const day of this.#days.keys()) {
      if (day >= today - this.#kept) continue;
      this.#days.delete(day);
      this.dirty.add(day);
    }
  }

  encode(day: DayNumber, to: ByteWriter): boolean {
    const tally = this.#days.get(day);
    tally?.encode(to);
    return tally !== undefined;
  }

  restore(day: DayNumber, from: ByteReader): void {
    this.#days.set(day, new Tally(this.#counters).decode(from));
  }
}
