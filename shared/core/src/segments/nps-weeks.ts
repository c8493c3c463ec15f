import type { WeekRecord } from '@seamwatch/contracts/records.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { baselineWeeks, confirmsAlert, type NpsTest, weeklyNpsTest } from '../detection/weekly-nps.ts';
import { normalQuantile } from '../stats/normal.ts';
import { type NpsCounts, npsEstimate } from '../stats/nps.ts';
import type { Calendar, DayNumber } from './calendar.ts';

/** Weeks kept: the baseline, and as long as an alert may wait for its confirmation. */
const keptWeeks = 60;

/** NPS answers per segment and ISO week, and the weekly test on them: the lagging reference. */
export class NpsWeeks {
  /** Monday → segment → counts. */
  readonly #weeks = new Map<DayNumber, Map<number, NpsCounts>>();
  readonly #calendar: Calendar;
  readonly #dirty = new Set<DayNumber>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  add(day: DayNumber, segments: readonly number[], { promoters, passives, detractors }: NpsCounts): void {
    const monday = this.#calendar.monday(day);
    const week = getOrAdd(this.#weeks, monday, () => new Map<number, NpsCounts>());
    for (const segment of segments) {
      const counts = getOrAdd(week, segment, () => ({ promoters: 0, passives: 0, detractors: 0 }));
      counts.promoters += promoters;
      counts.passives += passives;
      counts.detractors += detractors;
    }
    this.#dirty.add(monday);
  }

  /** Segments with an answer in a week, ascending. */
  segments(monday: DayNumber): number[] {
    return [...(this.#weeks.get(monday)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /**
   * The test at the end of the week that begins on `monday`, against the 13 weeks before `frozen`: the week itself, or the
   * week in which a decline began. Null baseline while there are fewer than 13 weeks with answers.
   */
  test(segment: number, id: string, monday: DayNumber, frozen = monday): WeekRecord {
    const week = this.#weeks.get(monday)?.get(segment) ?? { promoters: 0, passives: 0, detractors: 0 };
    const before = this.#before(segment, frozen);
    const { value, lower, upper, n } = npsEstimate(week);
    const known = before.length === baselineWeeks && n > 0;
    const test = known ? weeklyNpsTest(before, week) : undefined;
    return {
      kind: 'week',
      segment: id,
      week: this.#calendar.week(monday),
      start: toRfc3339(this.#calendar.startOfDay(monday)),
      end: toRfc3339(this.#calendar.startOfDay(monday + 7)),
      nps: n > 0 ? value : null,
      lower: n > 0 ? lower : null,
      upper: n > 0 ? upper : null,
      n,
      baseline: test ? test.baseline : null,
      z: test && test.p > 0 && test.p < 1 ? normalQuantile(test.p) : null,
      rejects: test?.rejects ?? false,
    };
  }

  /**
   * Whether answers after the week of an alert's onset, up to the week that begins on `monday`, confirm it against the 13
   * weeks before; undefined while there are fewer than 13 weeks with answers.
   */
  confirms(segment: number, onset: DayNumber, monday: DayNumber): NpsTest | undefined {
    const before = this.#before(segment, onset);
    if (before.length < baselineWeeks) return undefined;
    const since: NpsCounts[] = [];
    for (let m = onset + 7; m <= monday; m += 7) {
      const week = this.#weeks.get(m)?.get(segment);
      if (week) since.push(week);
    }
    return confirmsAlert(before, since);
  }

  /** Those of the 13 weeks before one that have answers. */
  #before(segment: number, frozen: DayNumber): NpsCounts[] {
    const before: NpsCounts[] = [];
    for (let i = 1; i <= baselineWeeks; i++) {
      const week = this.#weeks.get(frozen - 7 * i)?.get(segment);
      if (week) before.push(week);
    }
    return before;
  }

  expire(monday: DayNumber): void {
    for (const week of this.#weeks.keys()) {
      if (week >= monday - 7 * keptWeeks) continue;
      this.#weeks.delete(week);
      this.#dirty.add(week);
    }
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    const writer = new ByteWriter();
    for (const monday of this.#dirty) {
      const week = this.#weeks.get(monday);
      if (week) {
        writer.int(week.size);
        for (const [segment, c] of week)
          writer.int(segment).int(c.promoters).int(c.passives).int(c.detractors);
      }
      yield { key: String(monday), value: week ? writer.take() : null };
    }
    this.#dirty.clear();
  }

  restore(key: string, value: Uint8Array): void {
    const from = new ByteReader(value);
    const week = new Map<number, NpsCounts>();
    for (let n = from.int(); n > 0; n--) {
      week.set(from.int(), { promoters: from.int(), passives: from.int(), detractors: from.int() });
    }
    this.#weeks.set(Number(key), week);
  }
}
