import { type Window, windowMinutes } from '@seamwatch/contracts/measures.ts';
import { hourMinutes, type Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { Tally } from './tally.ts';

const minuteKept = windowMinutes['24h'];
const hoursKept = windowMinutes['28d'] / hourMinutes;
const hourOf = (minute: Minute) => Math.floor(minute / hourMinutes);

/**
 * Counts per segment in windows of 1 h and 24 h that slide by the minute, and of 7 d and 28 d that are whole hours plus
 * the running hour. Buckets are kept for what has to leave a window again: minutes per cell for 24 h, hours per segment
 * for 28 d. All sums are whole numbers, so a sum kept up over a year is exact.
 */
export class WindowSums {
  /** By window, then segment: counters. */
  readonly #sums: Record<Window, Int32Array[]> = { '1h': [], '24h': [], '7d': [], '28d': [] };
  readonly #minutes = new Map<Minute, Tally>();
  readonly #hours = new Map<number, Tally>();
  readonly #counters: number;
  readonly #segmentsOf: (cell: number) => readonly number[];
  /** Segments by the windows in which they changed since `takeChanged`, and late revisions. */
  readonly #changed: Record<Window, Set<number>> = {
    '1h': new Set(),
    '24h': new Set(),
    '7d': new Set(),
    '28d': new Set(),
  };
  readonly dirtyMinutes = new Set<Minute>();
  readonly dirtyHours = new Set<number>();
  /** Newest minute that the windows hold. */
  now: Minute = Number.NEGATIVE_INFINITY;

  constructor(counters: number, segmentsOf: (cell: number) => readonly number[]) {
    this.#counters = counters;
    this.#segmentsOf = segmentsOf;
  }

  /** Counters of a segment in a window; a view, not a copy. */
  sums(window: Window, segment: number): Int32Array {
    const all = this.#sums[window];
    let sums = all[segment];
    if (!sums) {
      sums = new Int32Array(this.#counters);
      all[segment] = sums;
    }
    return sums;
  }

  /** Adds counts dated at `minute` ≤ now; what is older than a window does not touch it. */
  add(cell: number, minute: Minute, counter: number, delta: number): void {
    const age = this.now - minute;
    const hour = hourOf(minute);
    const hourAge = hourOf(this.now) - hour;
    if (hourAge > hoursKept) return;
    const in1h = age < windowMinutes['1h'];
    const in24h = age < minuteKept;
    const in7d = hourAge <= windowMinutes['7d'] / hourMinutes;
    const perHour = getOrAdd(this.#hours, hour, () => new Tally(this.#counters));
    for (const segment of this.#segmentsOf(cell)) {
      if (in1h) this.#change('1h', segment, counter, delta);
      if (in24h) this.#change('24h', segment, counter, delta);
      if (in7d) this.#change('7d', segment, counter, delta);
      this.#change('28d', segment, counter, delta);
      perHour.add(segment, counter, delta);
    }
    this.dirtyHours.add(hour);
    if (!in24h) return;
    const perMinute = getOrAdd(this.#minutes, minute, () => new Tally(this.#counters));
    perMinute.add(cell, counter, delta);
    this.dirtyMinutes.add(minute);
  }

  /** Slides every window to `minute`, which is later than now. */
  advance(minute: Minute): void {
    const before = this.now;
    this.now = minute;
    if (before === Number.NEGATIVE_INFINITY) return;
    this.#expireMinutes(before, minute, '1h');
    this.#expireMinutes(before, minute, '24h');
    this.#expireHours(hourOf(before), hourOf(minute), '7d');
    this.#expireHours(hourOf(before), hourOf(minute), '28d');
  }

  /** Segments whose sums in a window have changed since the last call. */
  takeChanged(window: Window): number[] {
    const changed = [...this.#changed[window]].sort((a, b) => a - b);
    this.#changed[window].clear();
    return changed;
  }

  encodeMinute(minute: Minute, to: ByteWriter): boolean {
    const tally = this.#minutes.get(minute);
    tally?.encode(to);
    return tally !== undefined;
  }

  encodeHour(hour: number, to: ByteWriter): boolean {
    const tally = this.#hours.get(hour);
    tally?.encode(to);
    return tally !== undefined;
  }

  /** Restores a bucket; sums are rebuilt from the buckets, so `now` must be set first. */
  restoreMinute(minute: Minute, from: ByteReader): void {
    const tally = new Tally(this.#counters).decode(from);
    this.#minutes.set(minute, tally);
    const in1h = this.now - minute < windowMinutes['1h'];
    tally.each((cell, counter, sum) => {
      for (const segment of this.#segmentsOf(cell)) {
        if (in1h) this.sums('1h', segment)[counter]! += sum;
        this.sums('24h', segment)[counter]! += sum;
      }
    });
  }

  restoreHour(hour: number, from: ByteReader): void {
    const tally = new Tally(this.#counters).decode(from);
    this.#hours.set(hour, tally);
    const in7d = hourOf(this.now) - hour <= windowMinutes['7d'] / hourMinutes;
    tally.each((segment, counter, sum) => {
      if (in7d) this.sums('7d', segment)[counter]! += sum;
      this.sums('28d', segment)[counter]! += sum;
    });
  }

  #change(window: Window, segment: number, counter: number, delta: number): void {
    this.sums(window, segment)[counter]! += delta;
    this.#changed[window].add(segment);
  }

  #expireMinutes(before: Minute, now: Minute, window: '1h' | '24h'): void {
    const length = windowMinutes[window];
    const until = now - length;
    const first = before - length + 1;
    const leave = (minute: Minute) => {
      const tally = this.#minutes.get(minute);
      if (!tally) return;
      tally.each((cell, counter, sum) => {
        for (const segment of this.#segmentsOf(cell)) this.#change(window, segment, counter, -sum);
      });
      if (window !== '24h') return;
      this.#minutes.delete(minute);
      this.dirtyMinutes.add(minute);
    };
    // After a long silence it is cheaper to walk the buckets than the minutes.
    if (until - first > this.#minutes.size) {
      for (const minute of [...this.#minutes.keys()]) if (minute >= first && minute <= until) leave(minute);
    } else for (let minute = first; minute <= until; minute++) leave(minute);
  }

  #expireHours(before: number, now: number, window: '7d' | '28d'): void {
    const length = windowMinutes[window] / hourMinutes;
    const leave = (hour: number) => {
      const tally = this.#hours.get(hour);
      if (!tally) return;
      tally.each((segment, counter, sum) => this.#change(window, segment, counter, -sum));
      if (window !== '28d') return;
      this.#hours.delete(hour);
      this.dirtyHours.add(hour);
    };
    if (now - before > this.#hours.size) {
      for (const hour of [...this.#hours.keys()])
        if (hour >= before - length && hour < now - length) leave(hour);
    } else for (let hour = before - length; hour < now - length; hour++) leave(hour);
  }
}
