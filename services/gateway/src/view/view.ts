import type {
  AlertRecord,
  DaysTopicRecord,
  DeliveryRecord,
  ProgressRecord,
  RatesRecord,
  RatesTopicRecord,
  Segment,
  WeekRecord,
} from '@seamwatch/contracts/records.ts';
import { AlertLog } from './alert-log.ts';
import { DayHistory } from './day-history.ts';
import type { ViewRecord } from './decode-record.ts';
import { MergedRates } from './merge-rates.ts';
import { RateSeries } from './rate-series.ts';

interface SegmentView {
  rates: MergedRates;
  series: RateSeries;
}

/** What a record changed, for those who watch. `layout`: the list of segments or their weeks. */
export type Change =
  | { kind: 'rates'; rates: RatesRecord }
  | { kind: 'alert'; alert: AlertRecord }
  | { kind: 'layout' }
  | { kind: 'status' };

/** Sinks are few; a bound all the same, since names come from records. */
const maximumSinks = 100;

/** Everything the gateway shows: a reducer over records, without any input or output of its own. */
export class View {
  readonly alerts = new AlertLog();
  #listed: ReadonlyMap<string, Segment> = new Map();
  readonly #segments = new Map<string, SegmentView>();
  readonly #days = new Map<string, DayHistory>();
  readonly #deliveries = new Map<string, DeliveryRecord>();
  #progress: ProgressRecord | null = null;
  #newestRates: string | null = null;
  #settled = false;

  /** Takes the next record of the log; undefined where it changes nothing. */
  apply({ topic, record }: ViewRecord): Change | undefined {
    switch (topic) {
      case 'rates':
        return this.#applyRates(record);
      case 'days':
        return this.#applyDays(record);
      case 'alerts':
        return this.alerts.add(record) ? { kind: 'alert', alert: record } : undefined;
      case 'deliveries':
        this.#deliveries.set(record.sink, record);
        if (this.#deliveries.size > maximumSinks) {
          this.#deliveries.delete(this.#deliveries.keys().next().value!);
        }
        return { kind: 'status' };
    }
  }

  /**
   * To be called when the log has been read to its end: from then on days of segments that are no longer listed are
   * forgotten too. Before, a list may only be older than the days, which come by another topic.
   */
  settle(): void {
    this.#settled = true;
    this.#forgetUnlisted();
  }

  /** The watermark: end of the last closed minute; null before the first. */
  get asOf(): string | null {
    return this.#progress?.asOf ?? this.#newestRates;
  }

  get progress(): ProgressRecord | null {
    return this.#progress;
  }

  /** The watermark, where every source that was ever seen is idle; else null. */
  get quietSince(): string | null {
    const seen = this.#progress?.sources.filter((source) => source.state !== 'never_seen') ?? [];
    return seen.length > 0 && seen.every((source) => source.state === 'idle') ? this.asOf : null;
  }

  get deliveries(): DeliveryRecord[] {
    return [...this.#deliveries.values()].sort((a, b) => (a.sink < b.sink ? -1 : 1));
  }

  /** In the order of the list; segments with rates that are not on it (yet) follow under their id. */
  segments(): Segment[] {
    const unlisted = [...this.#segments.keys()].filter((id) => !this.#listed.has(id)).sort();
    return [...this.#listed.values(), ...unlisted.map((id) => ({ id, title: id, where: {} }))];
  }

  segment(id: string): Segment | undefined {
    return this.#listed.get(id) ?? (this.#segments.has(id) ? { id, title: id, where: {} } : undefined);
  }

  /** Newest value of every measure and window of a segment. */
  rates(id: string): RatesRecord | undefined {
    return this.#segments.get(id)?.rates.record();
  }

  allRates(): RatesRecord[] {
    return this.segments().flatMap((segment) => this.rates(segment.id) ?? []);
  }

  series(id: string): RateSeries | undefined {
    return this.#segments.get(id)?.series;
  }

  days(id: string): DayHistory | undefined {
    return this.#days.get(id);
  }

  /** Weekly NPS of each segment with a path, oldest first. */
  weeks(): WeekRecord[] {
    return this.segments().flatMap((s) => (s.path ? (this.#days.get(s.id)?.weeks() ?? []) : []));
  }

  #applyRates(record: RatesTopicRecord): Change | undefined {
    switch (record.kind) {
      case 'progress':
        this.#progress = record;
        return { kind: 'status' };
      case 'segments':
        this.#list(record.segments);
        return { kind: 'layout' };
      case 'rates': {
        const known = this.#segments.get(record.segment);
        const { rates, series } = known ?? {
          rates: new MergedRates(record.segment),
          series: new RateSeries(),
        };
        rates.add(record);
        series.add(record);
        this.#newestRates = record.asOf;
        if (known) return { kind: 'rates', rates: record };
        this.#segments.set(record.segment, { rates, series });
        return this.#listed.has(record.segment) ? { kind: 'rates', rates: record } : { kind: 'layout' };
      }
    }
  }

  #applyDays(record: DaysTopicRecord): Change | undefined {
    let days = this.#days.get(record.segment);
    if (!days) {
      days = new DayHistory();
      this.#days.set(record.segment, days);
    }
    if (record.kind === 'day') {
      days.addDay(record);
      return undefined;
    }
    days.addWeek(record);
    return { kind: 'layout' };
  }

  #list(segments: readonly Segment[]): void {
    this.#listed = new Map(segments.map((segment) => [segment.id, segment]));
    this.#forgetUnlisted();
  }

  #forgetUnlisted(): void {
    if (this.#listed.size === 0) return;
    for (const id of this.#segments.keys()) if (!this.#listed.has(id)) this.#segments.delete(id);
    if (!this.#settled) return;
    for (const id of this.#days.keys()) if (!this.#listed.has(id)) this.#days.delete(id);
  }
}
