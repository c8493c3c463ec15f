import type { HelloFrame, SnapshotFrame, StatusFrame } from '@seamwatch/contracts/frames.ts';
import type {
  AlertMeasure,
  EvidencePoint,
  Measure,
  RatePoint,
  Window,
} from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, RatesRecord, Segment, WeekRecord } from '@seamwatch/contracts/records.ts';

export interface LivePoint extends RatePoint {
  /** Of the running minute, which later events still change. */
  provisional: boolean;
}

/** What is known of one segment now. `version` rises with every change, so that a view can tell. */
export interface SegmentRates {
  version: number;
  points: Map<`${Measure}|${Window}`, LivePoint>;
  /** Evidence of a change for the worse, by measure or `composite`. */
  evidence: Map<AlertMeasure, EvidencePoint>;
}

/** The state of the whole page, as the stream tells it. */
export class Picture {
  hello: HelloFrame | null = null;
  status: StatusFrame | null = null;
  /** False until the first snapshot: nothing is known yet, not even that there is no alert. */
  known = false;
  /** Watermark in ms: up to here the data are complete. */
  asOf: number | null = null;
  segments: readonly Segment[] = [];
  readonly rates = new Map<string, SegmentRates>();
  readonly weeks = new Map<string, WeekRecord[]>();
  readonly alerts = new Map<string, AlertRecord>();
  /** Rises with every change of any alert. */
  alertsVersion = 0;

  takeHello(frame: HelloFrame): void {
    this.hello = frame;
    this.#advance(frame.asOf);
  }

  /** The whole picture anew: what the server no longer knows goes. */
  takeSnapshot(frame: SnapshotFrame): void {
    this.known = true;
    this.asOf = frame.asOf === null ? null : Date.parse(frame.asOf);
    this.segments = frame.segments;
    const known = new Set(frame.rates.map((record) => record.segment));
    for (const [id, rates] of this.rates) {
      rates.points.clear();
      rates.evidence.clear();
      rates.version += 1;
      if (!known.has(id)) this.rates.delete(id);
    }
    this.takeRates(frame.rates);
    this.weeks.clear();
    for (const week of frame.weeks) {
      const list = this.weeks.get(week.segment);
      if (list) list.push(week);
      else this.weeks.set(week.segment, [week]);
    }
    this.alerts.clear();
    for (const alert of frame.alerts) this.alerts.set(alert.id, alert);
    this.alertsVersion += 1;
  }

  takeRates(records: readonly RatesRecord[]): void {
    for (const record of records) {
      let rates = this.rates.get(record.segment);
      if (!rates) {
        rates = { version: 0, points: new Map(), evidence: new Map() };
        this.rates.set(record.segment, rates);
      }
      for (const point of record.points) {
        rates.points.set(`${point.measure}|${point.window}`, { ...point, provisional: record.provisional });
      }
      for (const evidence of record.evidence ?? []) {
        if (evidence.direction === 'worse') rates.evidence.set(evidence.measure, evidence);
      }
      rates.version += 1;
      if (!record.provisional) this.#advance(record.asOf);
    }
  }

  /** False where a newer state of this alert is known already. */
  takeAlert(alert: AlertRecord): boolean {
    const known = this.alerts.get(alert.id);
    if (known && known.seq >= alert.seq) return false;
    this.alerts.set(alert.id, alert);
    this.alertsVersion += 1;
    return true;
  }

  takeStatus(frame: StatusFrame): void {
    this.status = frame;
    this.#advance(frame.asOf);
  }

  point(segment: string | undefined, measure: Measure, window: Window): LivePoint | undefined {
    return segment === undefined ? undefined : this.rates.get(segment)?.points.get(`${measure}|${window}`);
  }

  #advance(asOf: string | null): void {
    if (asOf !== null) this.asOf = Math.max(this.asOf ?? 0, Date.parse(asOf));
  }
}
