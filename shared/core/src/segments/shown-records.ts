import { type Measure, type RatePoint, type Window, windows } from '@seamwatch/contracts/measures.ts';
import type { DayRecord, ProgressRecord, RatesRecord, Segment } from '@seamwatch/contracts/records.ts';
import { type EventTimeMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import { type RatePointOptions, ratePoints } from './rate-points.ts';
import type { Sources } from './sources.ts';
import type { Watch } from './watch.ts';

/** Counters of a segment, by window. */
export type SumsByWindow = Partial<Record<Window, ArrayLike<number>>>;

/** The records in which a segment's rates and days are shown. */
export class ShownRecords {
  readonly #options: RatePointOptions;
  readonly #segments: readonly Segment[];
  readonly #calendar: Calendar;
  readonly #watch: Watch;

  constructor(options: RatePointOptions, segments: readonly Segment[], calendar: Calendar, watch: Watch) {
    this.#options = options;
    this.#segments = segments;
    this.#calendar = calendar;
    this.#watch = watch;
  }

  rates(number: number, sums: SumsByWindow, asOf: EventTimeMs, provisional: boolean): RatesRecord {
    return {
      kind: 'rates',
      segment: this.#segments[number]!.id,
      asOf: toRfc3339(asOf),
      provisional,
      points: windows.flatMap((window) => {
        const of = sums[window];
        return of ? this.#points(number, of, window) : [];
      }),
      ...(provisional ? {} : { evidence: this.#watch.evidence(number) }),
    };
  }

  /** One measure in one window; undefined where the segment does not have it. */
  point(number: number, sums: ArrayLike<number>, measure: Measure, window: Window): RatePoint | undefined {
    return this.#points(number, sums, window).find((point) => point.measure === measure);
  }

  /** `asOf`: end of the last closed minute, −∞ before the first. */
  progress(asOf: EventTimeMs, sources: ReturnType<Sources['status']>): ProgressRecord {
    return {
      kind: 'progress',
      asOf: Number.isFinite(asOf) ? toRfc3339(asOf) : null,
      ...sources,
      series: this.#watch.armed,
      falseAlarmsPer30Days: this.#watch.falseAlarmsPer30Days,
    };
  }

  /** `today`: the running day, whose evidence is the newest. */
  day(number: number, counts: ArrayLike<number>, day: DayNumber, today: DayNumber): DayRecord {
    const points = this.#points(number, counts, '24h').filter((point) => point.n > 0);
    return {
      kind: 'day',
      segment: this.#segments[number]!.id,
      day: this.#calendar.date(day),
      start: toRfc3339(this.#calendar.startOfDay(day)),
      points: points.map(({ measure, value, lower, upper, n, baseline }) => {
        const point = { measure, value, lower, upper, n };
        return baseline === undefined ? point : { ...point, baseline };
      }),
      evidence: day === today ? this.#watch.evidence(number) : this.#watch.evidenceOf(number, day),
    };
  }

  #points(number: number, counts: ArrayLike<number>, window: Window) {
    const baseline = this.#watch.baseline.bind(this.#watch, number);
    return ratePoints(counts, this.#segments[number]!, window, this.#options, baseline);
  }
}
