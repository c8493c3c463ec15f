import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { DayNumber } from './calendar.ts';
import type { Place } from './cell-places.ts';
import { type Counts, Tally } from './tally.ts';

/** Counts per place and local day, kept while late events can still correct them. */
export class DaySums {
  readonly #days = new Map<DayNumber, Tally>();
  readonly #counters: number;
  readonly #kept: number;
  readonly #segmentsAt: (place: Place) => readonly number[];
  /** Places that changed since they were last shown, by day. Part of the state: a restart must not forget to show them. */
  readonly #changed = new Map<DayNumber, Set<Place>>();
  /** First day that can still be corrected. */
  #from: DayNumber = Number.NEGATIVE_INFINITY;
  readonly dirty = new Set<DayNumber>();

  /** `keptDays`: how far back a day can still be corrected. */
  constructor(counters: number, keptDays: number, segmentsAt: (place: Place) => readonly number[]) {
    this.#counters = counters;
    this.#kept = keptDays;
    this.#segmentsAt = segmentsAt;
  }

  /** Adds counts (counter, delta, …) of a place; a day that is no longer kept stays as it was shown. */
  add(day: DayNumber, place: Place, counts: Counts): void {
    if (day < this.#from) return;
    getOrAdd(this.#days, day, () => new Tally(this.#counters)).add(place, counts);
    getOrAdd(this.#changed, day, () => new Set<Place>()).add(place);
    this.dirty.add(day);
  }

  /** Days before `today` (and, with `running`, today) with the segments that changed, oldest first; counters as an array. */
  *takeChanged(
    today: DayNumber,
    running: boolean,
  ): Generator<{ day: DayNumber; segment: number; counts: Int32Array }> {
    for (const day of [...this.#changed.keys()].sort((a, b) => a - b)) {
      if (day > today || (day === today && !running)) continue;
      const counts = new Map<number, Int32Array>();
      for (const place of this.#changed.get(day)!) {
        for (const segment of this.#segmentsAt(place)) {
          if (!counts.has(segment)) counts.set(segment, new Int32Array(this.#counters));
        }
      }
      this.#changed.delete(day);
      this.dirty.add(day);
      this.#days.get(day)?.each((place, sums) => {
        for (const segment of this.#segmentsAt(place)) {
          const of = counts.get(segment);
          if (of) for (let i = 0; i < sums.length; i += 2) of[sums[i]!]! += sums[i + 1]!;
        }
      });
      for (const segment of [...counts.keys()].sort((a, b) => a - b))
        yield { day, segment, counts: counts.get(segment)! };
    }
  }

  /** Forgets days that nothing can correct any more. */
  expire(today: DayNumber): void {
    this.#from = today - this.#kept;
    for (const day of this.#days.keys()) {
      if (day >= this.#from) continue;
      this.#days.delete(day);
      this.dirty.add(day);
    }
  }

  encode(day: DayNumber, to: ByteWriter): boolean {
    const tally = this.#days.get(day);
    if (!tally) return false;
    tally.encode(to);
    const changed = this.#changed.get(day) ?? new Set();
    to.int(changed.size);
    for (const place of changed) to.int(place);
    return true;
  }

  restore(day: DayNumber, from: ByteReader): void {
    this.#days.set(day, new Tally(this.#counters).decode(from));
    const changed = Array.from({ length: from.int() }, () => from.int());
    if (changed.length > 0) this.#changed.set(day, new Set(changed));
  }
}
