import { type Window, windowMinutes, windows } from '@seamwatch/contracts/measures.ts';
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
 *
 * Counts are collected per cell and hour first, and spread over segments when an hour ends or somebody looks: a cell is in
 * ten segments, so this is the difference between ten map look-ups a count and one.
 */
export class WindowSums {
  /** By window, then segment: counters. */
  readonly #sums: Record<Window, Int32Array[]> = { '1h': [], '24h': [], '7d': [], '28d': [] };
  readonly #minutes = new Map<Minute, Tally>();
  readonly #hours = new Map<number, Tally>();
  /** By hour: counts per cell that the hour's bucket and sums do not hold yet, and the cells that they came for. */
  readonly #unspread = new Map<number, { counts: Tally; cells: Set<number> }>();
  readonly #counters: number;
  readonly #segmentsOf: (cell: number) => readonly number[];
  /** Segments that changed since `takeChanged`, by window. Part of the state: a restart must not forget to show them. */
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
  readonly #from: Minute;

  /** `from`: nobody looks at a window that ends before it; counts that no later window holds are left out. */
  constructor(
    counters: number,
    segmentsOf: (cell: number) => readonly number[],
    from = Number.NEGATIVE_INFINITY,
  ) {
    this.#from = from;
    this.#counters = counters;
    this.#segmentsOf = segmentsOf;
  }

  /** Counters of a segment in a window; a view, not a copy. */
  sums(window: Window, segment: number): Int32Array {
    if (window === '7d' || window === '28d') this.#spread();
    return this.#of(window, segment);
  }

  #of(window: Window, segment: number): Int32Array {
    const all = this.#sums[window];
    let sums = all[segment];
    if (!sums) {
      sums = new Int32Array(this.#counters);
      all[segment] = sums;
    }
    return sums;
  }

  /** Adds counts (counter, delta, …) of a cell dated at `minute` ≤ now; what is older than a window does not touch it. */
  add(cell: number, minute: Minute, counts: readonly number[]): void {
    if (counts.length === 0) return;
    const age = this.now - minute;
    const hour = hourOf(minute);
    if (hourOf(this.now) - hour > hoursKept || hour < hourOf(this.#from) - hoursKept) return;
    const perHour = getOrAdd(this.#unspread, hour, () => ({
      counts: new Tally(this.#counters),
      cells: new Set<number>(),
    }));
    perHour.cells.add(cell);
    for (let i = 0; i < counts.length; i += 2) perHour.counts.add(cell, counts[i]!, counts[i + 1]!);
    if (age >= minuteKept || minute <= this.#from - minuteKept) return;
    const perMinute = getOrAdd(this.#minutes, minute, () => new Tally(this.#counters));
    for (let i = 0; i < counts.length; i += 2) perMinute.add(cell, counts[i]!, counts[i + 1]!);
    this.dirtyMinutes.add(minute);
    for (const segment of this.#segmentsOf(cell)) {
      this.#addTo('24h', segment, counts);
      if (age < windowMinutes['1h']) this.#addTo('1h', segment, counts);
    }
  }

  #addTo(window: Window, segment: number, counts: readonly number[]): void {
    const sums = this.#of(window, segment);
    for (let i = 0; i < counts.length; i += 2) sums[counts[i]!]! += counts[i + 1]!;
    this.#changed[window].add(segment);
  }

  /** Slides every window to `minute`, which is later than now. */
  advance(minute: Minute): void {
    const before = this.now;
    if (before !== Number.NEGATIVE_INFINITY && hourOf(minute) !== hourOf(before)) this.#spread();
    this.now = minute;
    if (before === Number.NEGATIVE_INFINITY) return;
    this.#expireMinutes(before, minute, '1h');
    this.#expireMinutes(before, minute, '24h');
    if (hourOf(minute) === hourOf(before)) return;
    this.#expireHours(hourOf(before), hourOf(minute), '7d');
    this.#expireHours(hourOf(before), hourOf(minute), '28d');
  }

  /** Segments whose sums in a window have changed since the last call. */
  takeChanged(window: Window): number[] {
    this.#spread();
    const changed = [...this.#changed[window]].sort((a, b) => a - b);
    this.#changed[window].clear();
    return changed;
  }

  /** Do the windows hold nothing? Then time alone changes nothing in them. */
  get empty(): boolean {
    return this.#minutes.size === 0 && this.#hours.size === 0 && this.#unspread.size === 0;
  }

  /** Is there a change that was not taken? */
  get hasChanged(): boolean {
    return windows.some((window) => this.#changed[window].size > 0);
  }

  /** Before state is written: puts collected counts into the buckets. */
  settle(): void {
    this.#spread();
  }

  #spread(): void {
    if (this.#unspread.size === 0) return;
    const thisHour = hourOf(this.now);
    for (const [hour, { counts, cells }] of this.#unspread) {
      const bucket = getOrAdd(this.#hours, hour, () => new Tally(this.#counters));
      const in7d = thisHour - hour <= windowMinutes['7d'] / hourMinutes;
      counts.each((cell, counter, sum) => {
        for (const segment of this.#segmentsOf(cell)) {
          bucket.add(segment, counter, sum);
          this.#of('28d', segment)[counter]! += sum;
          if (in7d) this.#of('7d', segment)[counter]! += sum;
        }
      });
      // Also what has cancelled out: whether it has depends on when somebody looked.
      for (const cell of cells) {
        for (const segment of this.#segmentsOf(cell)) {
          this.#changed['28d'].add(segment);
          if (in7d) this.#changed['7d'].add(segment);
        }
      }
      this.dirtyHours.add(hour);
    }
    this.#unspread.clear();
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

  encodeChanged(to: ByteWriter): void {
    for (const window of windows) {
      to.int(this.#changed[window].size);
      for (const segment of this.#changed[window]) to.int(segment);
    }
  }

  restoreChanged(from: ByteReader): void {
    for (const window of windows) {
      for (let n = from.int(); n > 0; n--) this.#changed[window].add(from.int());
    }
  }

  /** Restores a bucket; sums are rebuilt from the buckets, so `now` must be set first. */
  restoreMinute(minute: Minute, from: ByteReader): void {
    const tally = new Tally(this.#counters).decode(from);
    this.#minutes.set(minute, tally);
    const in1h = this.now - minute < windowMinutes['1h'];
    tally.each((cell, counter, sum) => {
      for (const segment of this.#segmentsOf(cell)) {
        if (in1h) this.#of('1h', segment)[counter]! += sum;
        this.#of('24h', segment)[counter]! += sum;
      }
    });
  }

  restoreHour(hour: number, from: ByteReader): void {
    const tally = new Tally(this.#counters).decode(from);
    this.#hours.set(hour, tally);
    const in7d = hourOf(this.now) - hour <= windowMinutes['7d'] / hourMinutes;
    tally.each((segment, counter, sum) => {
      if (in7d) this.#of('7d', segment)[counter]! += sum;
      this.#of('28d', segment)[counter]! += sum;
    });
  }

  #change(window: Window, segment: number, counter: number, delta: number): void {
    this.#of(window, segment)[counter]! += delta;
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
