import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { grown } from '../bytes/grown.ts';

/** Local calendar days since 1970-01-01 in the policy's time zone. */
export type CalendarDay = number;
export const hoursPerWeek = 168;

/**
 * Three numbers of a stratum. Of events: trials, events, events again. Of scores: answers, sum of points below the best
 * score, sum of their squares. Whole numbers all, so that the order of adding leaves no trace.
 */
const columns = 3;

/** The day that is being added to: the numbers of stratum 0, of stratum 1, … */
interface OpenDay {
  date: CalendarDay;
  sums: Float64Array;
  /** Strata that have any, in the order of their keys; found when asked for. */
  seen?: readonly number[] | undefined;
}

/** Any other day: the numbers of the strata that were seen on it, in the order of their keys. Of all strata few are. */
interface PackedDay {
  strata: Uint32Array;
  sums: Int32Array;
}

/**
 * Keys are attribute values joined by `|`, most important first; hour-of-week counts are kept per this many
 * of them.
 */
const groupDepth = 2;
export const splitKey = (key: string): string[] => key.split('|');
const groupOf = (key: string): string => splitKey(key).slice(0, groupDepth).join('|');

/** Seven days from a Monday; the number of the week is that of its Monday. */
const weekOf = (day: CalendarDay): number => Math.floor((day + 3) / 7);
export const dayOfWeek = (day: CalendarDay): number => (((day + 3) % 7) + 7) % 7;

/**
 * What a baseline is learned from: sums per stratum and day, and per group of strata, week and hour of the
 * week. Adding is O(1) to the day that was added to last, and in any order; 16 bytes per day and stratum seen on it.
 */
export class BaselineHistory {
  readonly #ids = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #days = new Map<CalendarDay, PackedDay>();
  #open: OpenDay | undefined;
  /** week → group → [n, sum] of hour 0, of hour 1, … */
  readonly #weeks = new Map<number, Map<string, Float64Array>>();
  /** Group of each stratum, and each group once. */
  readonly #groups: string[] = [];
  readonly #groupNames = new Map<string, string>();
  /** See `order`; strata that came since it was asked for are missing. */
  readonly #order: number[] = [];
  /** Names of parts: `d` and a day, `w` and a week. */
  readonly #changed = new Set<string>();
  /** A day that is among them, with its week: the next that is added to is most often the same. */
  #marked = Number.NaN;

  /** Number of a stratum, to be used with `add`. */
  stratum(key: string): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#keys.push(key) - 1;
      this.#ids.set(key, id);
      const group = groupOf(key);
      this.#groups.push(getOrAdd(this.#groupNames, group, () => group));
    }
    return id;
  }

  get strata(): readonly string[] {
    return this.#keys;
  }

  /** Name under which the hours of a stratum are counted. */
  groupOf(stratum: number): string {
    return this.#groups[stratum]!;
  }

  /** `hourOfWeek`: 0 is Monday from 00:00 to 01:00, local time. `squares` is `sum` for events. */
  add(stratum: number, day: CalendarDay, hourOfWeek: number, n: number, sum: number, squares = sum): void {
    this.#addDay(stratum, day, n, sum, squares);
    this.#addHour(this.#groups[stratum]!, weekOf(day), hourOfWeek, n, sum);
    if (day === this.#marked) return;
    this.#marked = day;
    this.#changed.add(`d${day}`).add(`w${weekOf(day)}`);
  }

  #addDay(stratum: number, date: CalendarDay, n: number, sum: number, squares: number): void {
    const day = this.#open?.date === date ? this.#open : this.#reopen(date);
    const at = stratum * columns;
    if (at >= day.sums.length)
      day.sums = grown(day.sums, Math.max(at + columns, this.#keys.length * columns));
    const { sums } = day;
    const before = sums[at]!;
    sums[at] = before + n;
    sums[at + 1] = sums[at + 1]! + sum;
    sums[at + 2] = sums[at + 2]! + squares;
    if (before === 0 || sums[at] === 0) day.seen = undefined;
  }

  #reopen(date: CalendarDay): OpenDay {
    this.#pack();
    const open: OpenDay = { date, sums: new Float64Array(this.#keys.length * columns) };
    const packed = this.#days.get(date);
    for (const [i, stratum] of packed?.strata.entries() ?? [])
      open.sums.set(packed!.sums.subarray(i * columns, (i + 1) * columns), stratum * columns);
    this.#days.delete(date);
    this.#open = open;
    return open;
  }

  #pack(): void {
    if (!this.#open) return;
    const { date, sums } = this.#open;
    const strata = Uint32Array.from(this.#seenOn(this.#open));
    const packed = new Int32Array(strata.length * columns);
    for (const [i, stratum] of strata.entries())
      packed.set(sums.subarray(stratum * columns, (stratum + 1) * columns), i * columns);
    this.#days.set(date, { strata, sums: packed });
    this.#open = undefined;
  }

  #seenOn(day: OpenDay): readonly number[] {
    const { sums } = day;
    day.seen ??= this.order().filter((stratum) => (sums[stratum * columns] ?? 0) !== 0);
    return day.seen;
  }

  #addHour(group: string, week: number, hourOfWeek: number, n: number, sum: number): void {
    let groups = this.#weeks.get(week);
    if (!groups) {
      groups = new Map();
      this.#weeks.set(week, groups);
    }
    let hours = groups.get(group);
    if (!hours) {
      hours = new Float64Array(2 * hoursPerWeek);
      groups.set(group, hours);
    }
    hours[2 * hourOfWeek] = hours[2 * hourOfWeek]! + n;
    hours[2 * hourOfWeek + 1] = hours[2 * hourOfWeek + 1]! + sum;
  }

  /** Days that hold anything, in order. */
  days(): CalendarDay[] {
    const open = this.#open ? [this.#open.date] : [];
    return [...this.#days.keys(), ...open].sort((a, b) => a - b);
  }

  /** Numbers of the strata in the order of their keys, in which the order of adding leaves no trace. */
  order(): readonly number[] {
    const [keys, order] = [this.#keys, this.#order];
    if (order.length < keys.length) {
      for (let stratum = order.length; stratum < keys.length; stratum++) order.push(stratum);
      order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
    }
    return order;
  }

  /** Hands out the sums of every stratum that was seen on a day, in the order of their keys. */
  each(date: CalendarDay, take: (stratum: number, n: number, sum: number, squares: number) => void): void {
    if (this.#open?.date === date) {
      const { sums } = this.#open;
      for (const stratum of this.#seenOn(this.#open)) {
        const at = stratum * columns;
        take(stratum, sums[at]!, sums[at + 1]!, sums[at + 2]!);
      }
      return;
    }
    const day = this.#days.get(date);
    if (!day) return;
    const { strata, sums } = day;
    for (let i = 0; i < strata.length; i++) {
      const at = i * columns;
      take(strata[i]!, sums[at]!, sums[at + 1]!, sums[at + 2]!);
    }
  }

  /** [n, sum] of each hour of the week per group, over the weeks that begin in from ≤ Monday < to. */
  hours(from: CalendarDay, to: CalendarDay): Map<string, Float64Array> {
    const total = new Map<string, Float64Array>();
    for (const week of [...this.#weeks.keys()].sort((a, b) => a - b)) {
      const monday = 7 * week - 3;
      if (monday < from || monday >= to) continue;
      for (const [group, hours] of this.#weeks.get(week)!) {
        const sums = total.get(group) ?? new Float64Array(hours.length);
        for (let i = 0; i < hours.length; i++) sums[i] = sums[i]! + hours[i]!;
        total.set(group, sums);
      }
    }
    return total;
  }

  /** Forgets everything before a day, and the weeks that began before it. */
  prune(before: CalendarDay): void {
    this.#pack();
    for (const day of this.#days.keys()) {
      if (day < before && this.#days.delete(day)) this.#changed.add(`d${day}`);
    }
    for (const week of this.#weeks.keys()) {
      if (7 * week - 3 < before && this.#weeks.delete(week)) this.#changed.add(`w${week}`);
    }
  }

  /** Parts that changed since the last call, for a changelog that keeps the last value per name. */
  takeChanges(): { name: string; bytes: Uint8Array }[] {
    const names = [...this.#changed].sort();
    this.#changed.clear();
    this.#marked = Number.NaN;
    return names.map((name) => ({ name, bytes: this.#encodePart(name) }));
  }

  /** Puts back a part. Empty bytes remove it. */
  restore(name: string, bytes: Uint8Array): void {
    const number = Number(name.slice(1));
    this.#pack();
    const table = name.startsWith('d') ? this.#days : this.#weeks;
    table.delete(number);
    if (bytes.length === 0) return;
    if (name.startsWith('d')) this.#decodeDay(number, new ByteReader(bytes));
    else this.#decodeWeek(number, new ByteReader(bytes));
  }

  /** Bytes of a part; the same sums give the same bytes. Empty where it is pruned. */
  #encodePart(name: string): Uint8Array {
    const to = new ByteWriter(4096);
    const number = Number(name.slice(1));
    if (name.startsWith('d')) this.#encodeDay(number, to);
    else this.#encodeWeek(number, to);
    return to.finish();
  }

  #encodeDay(day: CalendarDay, to: ByteWriter): void {
    this.each(day, (stratum, n, sum, squares) => {
      to.text(this.#keys[stratum]!).int(n).int(sum).int(squares);
    });
  }

  #decodeDay(day: CalendarDay, from: ByteReader): void {
    while (!from.done) this.#addDay(this.stratum(from.text()), day, from.int(), from.int(), from.int());
  }

  #encodeWeek(week: number, to: ByteWriter): void {
    const groups = [...(this.#weeks.get(week) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [group, hours] of groups) {
      to.text(group);
      for (const value of hours) to.int(value);
    }
  }

  #decodeWeek(week: number, from: ByteReader): void {
    const groups = new Map<string, Float64Array>();
    while (!from.done) {
      const group = from.text();
      groups.set(
        group,
        Float64Array.from({ length: 2 * hoursPerWeek }, () => from.int()),
      );
    }
    this.#weeks.set(week, groups);
  }
}
