import { ByteReader, ByteWriter } from '../bytes/bytes.ts';

/** Local calendar days since 1970-01-01 in the policy's time zone. */
export type CalendarDay = number;
export const hoursPerWeek = 168;

/**
 * Sums of one stratum on one day. Of events: trials, events, events again. Of scores: answers, sum of points
 * below the best score, sum of their squares. Whole numbers all, so that the order of adding leaves no trace.
 */
export interface Sums {
  n: number;
  sum: number;
  squares: number;
}

const columns = 3;

/**
 * Keys are attribute values joined by `|`, most important first; hour-of-week counts are kept per this many
 * of them.
 */
const groupDepth = 2;
export const splitKey = (key: string): string[] => key.split('|');
export const groupOf = (key: string): string => splitKey(key).slice(0, groupDepth).join('|');

/** Seven days from a Monday; the number of the week is that of its Monday. */
const weekOf = (day: CalendarDay): number => Math.floor((day + 3) / 7);
export const dayOfWeek = (day: CalendarDay): number => (((day + 3) % 7) + 7) % 7;

/**
 * What a baseline is learned from: sums per stratum and day, and per group of strata, week and hour of the
 * week. Adding is O(1) and in any order; 24 bytes per stratum and day.
 */
export class BaselineHistory {
  readonly #ids = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #days = new Map<CalendarDay, Float64Array>();
  /** week → group → [n, sum] of hour 0, of hour 1, … */
  readonly #weeks = new Map<number, Map<string, Float64Array>>();
  readonly #groups: string[] = [];
  /** Names of parts: `d` and a day, `w` and a week. */
  readonly #changed = new Set<string>();

  /** Number of a stratum, to be used with `add`. */
  stratum(key: string): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#keys.push(key) - 1;
      this.#ids.set(key, id);
      this.#groups.push(groupOf(key));
    }
    return id;
  }

  get strata(): readonly string[] {
    return this.#keys;
  }

  /** `hourOfWeek`: 0 is Monday from 00:00 to 01:00, local time. `squares` is `sum` for events. */
  add(stratum: number, day: CalendarDay, hourOfWeek: number, n: number, sum: number, squares = sum): void {
    this.#addDay(stratum, day, n, sum, squares);
    this.#addHour(this.#groups[stratum]!, weekOf(day), hourOfWeek, n, sum);
    this.#changed.add(`d${day}`).add(`w${weekOf(day)}`);
  }

  #addDay(stratum: number, day: CalendarDay, n: number, sum: number, squares: number): void {
    const table = this.#day(day, stratum);
    const at = stratum * columns;
    table[at] = table[at]! + n;
    table[at + 1] = table[at + 1]! + sum;
    table[at + 2] = table[at + 2]! + squares;
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

  #day(day: CalendarDay, stratum: number): Float64Array {
    let table = this.#days.get(day);
    const needed = (stratum + 1) * columns;
    if (!table || table.length < needed) {
      const grown = new Float64Array(Math.max(needed, 2 * (table?.length ?? 0), this.#keys.length * columns));
      if (table) grown.set(table);
      this.#days.set(day, grown);
      table = grown;
    }
    return table;
  }

  /** Days that hold anything, in order. */
  days(): CalendarDay[] {
    return [...this.#days.keys()].sort((a, b) => a - b);
  }

  /** Sums of a stratum on a day; null where there are none. */
  at(stratum: number, day: CalendarDay): Sums | null {
    const table = this.#days.get(day);
    const at = stratum * columns;
    if (!table || at >= table.length || table[at] === 0) return null;
    return { n: table[at]!, sum: table[at + 1]!, squares: table[at + 2]! };
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
    return names.map((name) => ({ name, bytes: this.#encodePart(name) }));
  }

  /** Puts back a part. Empty bytes remove it. */
  restore(name: string, bytes: Uint8Array): void {
    const number = Number(name.slice(1));
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
    const sorted = this.#keys.map((key, id) => ({ key, id })).sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key, id } of sorted) {
      const sums = this.at(id, day);
      if (sums) to.text(key).int(sums.n).int(sums.sum).int(sums.squares);
    }
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
