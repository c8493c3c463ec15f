import { type Window, windowMinutes, windows } from '@seamwatch/contracts/measures.ts';
import { hourMinutes, type Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { Place } from './cell-places.ts';
import { type Counts, Tally } from './tally.ts';

const minuteKept = windowMinutes['24h'];
const hoursOf = (window: '7d' | '28d') => windowMinutes[window] / hourMinutes;
const hoursKept = hoursOf('28d');
const hourOf = (minute: Minute) => Math.floor(minute / hourMinutes);

/**
 * Counts per segment in windows of 1 h and 24 h that slide by the minute, and of 7 d and 28 d that are whole hours plus
 * the running hour. Buckets are kept for what has to leave a window again: minutes for 24 h, hours for 28 d. All sums are
 * whole numbers, so a sum kept up over a year is exact.
 *
 * Counts come and leave by place, and are spread over its segments when somebody looks.
 */
export class WindowSums {
  /** By window, then segment: counters. */
  readonly #sums: Record<Window, Int32Array[]> = { '1h': [], '24h': [], '7d': [], '28d': [] };
  /** Counts by place. */
  readonly #minutes = new Map<Minute, Tally>();
  readonly #hours = new Map<number, Tally>();
  /** By place, what the sums do not hold yet: what came into every window, and what came into one or has left it. */
  readonly #fresh: Tally;
  readonly #moved: Record<Window, Tally>;
  readonly #counters: number;
  readonly #segmentsAt: (place: Place) => readonly number[];
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
    segmentsAt: (place: Place) => readonly number[],
    from = Number.NEGATIVE_INFINITY,
  ) {
    this.#from = from;
    this.#counters = counters;
    this.#segmentsAt = segmentsAt;
    const none = this.#newTally;
    this.#fresh = none();
    this.#moved = { '1h': none(), '24h': none(), '7d': none(), '28d': none() };
  }

  /** Counters of a segment in a window; a view, not a copy. */
  sums(window: Window, segment: number): Int32Array {
    this.#spread();
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

  /** Adds counts of a place dated at `minute` ≤ now; what is older than a window does not touch it. */
  add(place: Place, minute: Minute, counts: Counts): void {
    const age = this.now - minute;
    const hour = hourOf(minute);
    const hours = hourOf(this.now) - hour;
    if (hours > hoursKept || hour < hourOf(this.#from) - hoursKept) return;
    getOrAdd(this.#hours, hour, this.#newTally).add(place, counts);
    this.dirtyHours.add(hour);
    const byMinute = age < minuteKept && minute > this.#from - minuteKept;
    if (byMinute) {
      getOrAdd(this.#minutes, minute, this.#newTally).add(place, counts);
      this.dirtyMinutes.add(minute);
    }
    if (byMinute && age < windowMinutes['1h']) this.#fresh.add(place, counts);
    else {
      this.#moved['28d'].add(place, counts);
      if (hours <= hoursOf('7d')) this.#moved['7d'].add(place, counts);
      if (byMinute) this.#moved['24h'].add(place, counts);
    }
  }

  readonly #newTally = (): Tally => new Tally(this.#counters);

  /** Slides every window to `minute`, which is later than now. */
  advance(minute: Minute): void {
    const before = this.now;
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
    return this.#minutes.size === 0 && this.#hours.size === 0;
  }

  /** Is there a change that was not taken? */
  get hasChanged(): boolean {
    this.#spread();
    return windows.some((window) => this.#changed[window].size > 0);
  }

  /** Before state is written: what has changed is known. */
  settle(): void {
    this.#spread();
  }

  /** Also what has cancelled out has changed: whether it has depends on when somebody looked. */
  #spread(): void {
    for (const window of windows) {
      const spread = (place: Place, sums: Counts) => {
        for (const segment of this.#segmentsAt(place)) {
          addCounts(sums, this.#of(window, segment));
          this.#changed[window].add(segment);
        }
      };
      this.#fresh.each(spread);
      this.#moved[window].each(spread);
      this.#moved[window].clear();
    }
    this.#fresh.clear();
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
    const tally = this.#newTally().decode(from);
    this.#minutes.set(minute, tally);
    this.#restore('24h', tally);
    if (this.now - minute < windowMinutes['1h']) this.#restore('1h', tally);
  }

  restoreHour(hour: number, from: ByteReader): void {
    const tally = this.#newTally().decode(from);
    this.#hours.set(hour, tally);
    this.#restore('28d', tally);
    if (hourOf(this.now) - hour <= hoursOf('7d')) this.#restore('7d', tally);
  }

  #restore(window: Window, tally: Tally): void {
    tally.each((place, sums) => {
      for (const segment of this.#segmentsAt(place)) addCounts(sums, this.#of(window, segment));
    });
  }

  #expireMinutes(before: Minute, now: Minute, window: '1h' | '24h'): void {
    const length = windowMinutes[window];
    const until = now - length;
    const first = before - length + 1;
    const leave = (minute: Minute) => {
      this.#leave(window, this.#minutes.get(minute));
      if (window === '24h' && this.#minutes.delete(minute)) this.dirtyMinutes.add(minute);
    };
    // After a long silence it is cheaper to walk the buckets than the minutes.
    if (until - first > this.#minutes.size) {
      for (const minute of [...this.#minutes.keys()]) if (minute >= first && minute <= until) leave(minute);
    } else for (let minute = first; minute <= until; minute++) leave(minute);
  }

  #expireHours(before: number, now: number, window: '7d' | '28d'): void {
    const length = hoursOf(window);
    const leave = (hour: number) => {
      this.#leave(window, this.#hours.get(hour));
      if (window === '28d' && this.#hours.delete(hour)) this.dirtyHours.add(hour);
    };
    if (now - before > this.#hours.size) {
      for (const hour of [...this.#hours.keys()])
        if (hour >= before - length && hour < now - length) leave(hour);
    } else for (let hour = before - length; hour < now - length; hour++) leave(hour);
  }

  #leave(window: Window, bucket: Tally | undefined): void {
    bucket?.each((place, sums) => {
      if (isCounted(sums)) this.#moved[window].subtract(place, sums);
    });
  }
}

function addCounts(counts: Counts, to: Int32Array): void {
  for (let i = 0; i < counts.length; i += 2) to[counts[i]!]! += counts[i + 1]!;
}

/** Is any of the sums not 0? Those that are change nothing when they leave, and a restart knows nothing of them. */
function isCounted(sums: Counts): boolean {
  for (let i = 1; i < sums.length; i += 2) if (sums[i] !== 0) return true;
  return false;
}
