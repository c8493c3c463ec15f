import type { Family, Signal } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { type Days, dayMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import type { AlertBook } from '../alerts/alert-book.ts';
import type { Fleet } from '../detection/fleet.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import type { Freezes } from './freezes.ts';
import type { Composite, Series, SeriesTable } from './series.ts';

interface RebasingOptions {
  calendar: Calendar;
  segments: readonly Segment[];
  alerts: AlertBook;
  table: SeriesTable;
  fleet: Fleet;
  freezes: Freezes;
  /** What the state has still to hold; series that are taken out leave it. */
  dirty: Set<Series | Composite>;
}

/** Takes out series whose present level a person has taken as the new normal, until enough is known of it. */
export class Rebasing {
  readonly #o: RebasingOptions;
  /** Series that were taken out and whose family has not been learned since. */
  readonly #barred = new Set<string>();
  #barredChanged = false;
  /** Keys of series that were taken out since the last commit. */
  readonly #gone: string[] = [];

  constructor(options: RebasingOptions) {
    this.#o = options;
  }

  /** Keys of series that wait for their family to be learned anew. */
  get barred(): ReadonlySet<string> {
    return this.#barred;
  }

  /** A family was learned anew. */
  learned(families: ReadonlyMap<Family, unknown>): void {
    for (const key of [...this.#barred]) {
      if (!families.has(key.slice(key.lastIndexOf('/') + 1) as Family)) continue;
      this.#barred.delete(key);
      this.#barredChanged = true;
    }
  }

  /**
   * With everything that the alert of a segment's measure stands for; `composite`: of all its families. Days before the
   * change are not learned from any more. False where there is no such segment.
   */
  rebase(minute: Minute, segmentId: string, measure: Signal): boolean {
    const { segments, alerts, table } = this.#o;
    const segment = segments.findIndex(({ id }) => id === segmentId);
    if (segment < 0) return false;
    const keys = new Set(alerts.rebase(minute, segment, measure));
    const together = measure === 'composite' ? table.of(segment) : [];
    const began = measure === 'composite' ? table.composite(segment)?.frozenFrom : undefined;
    for (const { family } of together) {
      for (const key of alerts.rebase(minute, segment, family)) keys.add(key);
    }
    for (const key of keys) {
      const series = table.get(key);
      if (series) this.#takeOut(minute, series, began);
    }
    return true;
  }

  #takeOut(minute: Minute, series: Series, began: DayNumber | undefined): void {
    const { calendar, table, fleet, freezes, dirty } = this.#o;
    const { key, segment, family, frozenFrom, detector } = series;
    const dayOf = (at: Days) => calendar.day(at * dayMs);
    const today = calendar.day(minute * minuteMs);
    const from = frozenFrom ?? began ?? today;
    // The latest day on which the change may have begun: the days from then on are all of the new level.
    const upper = detector.onset()?.upper;
    const to = Math.min(today, Math.max(from, upper === undefined ? from : dayOf(upper) + 1));
    freezes.rebase(segment, family, to);
    table.remove(series);
    fleet.delete(key);
    dirty.delete(series);
    this.#gone.push(key);
    this.#barred.add(key);
    this.#barredChanged = true;
    const composite = table.composite(segment);
    if (composite) this.#without(composite, family);
  }

  /** A segment is judged as a whole without the family, or not at all. */
  #without(composite: Composite, family: Family): void {
    const { table, fleet, dirty } = this.#o;
    const { segment, key } = composite;
    if (table.of(segment).length < 2) {
      table.removeComposite(segment);
      fleet.delete(key);
      dirty.delete(composite);
      this.#gone.push(key);
      return;
    }
    composite.fused.delete(family);
    composite.fusion.reset();
    composite.frozenFrom = undefined;
    dirty.add(composite);
  }

  /** Keys of series since the last call whose state is to be dropped. */
  takeGone(): string[] {
    return this.#gone.splice(0);
  }

  /** Those that are barred, where they have changed since the last call. */
  takeState(): string[] | undefined {
    if (!this.#barredChanged) return undefined;
    this.#barredChanged = false;
    return [...this.#barred];
  }

  restore(barred: readonly string[]): void {
    for (const key of barred) this.#barred.add(key);
  }
}
