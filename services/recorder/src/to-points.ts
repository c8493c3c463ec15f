import type { Point } from '@seamwatch/adapters/influx/point.ts';
import type { EvidencePoint } from '@seamwatch/contracts/measures.ts';
import type {
  AlertRecord,
  DayRecord,
  ProgressRecord,
  RatesRecord,
  Segment,
  WeekRecord,
} from '@seamwatch/contracts/records.ts';
import { minuteMs } from '@seamwatch/contracts/units.ts';

/** The attributes of a segment as tags; absent ones are not written. */
export type SegmentTags = Readonly<
  Partial<
    Record<
      'tier' | 'path' | 'category' | 'channel' | 'market' | 'value_band' | 'complexity' | 'emotion',
      string | undefined
    >
  >
>;

export const segmentTags = (s: Segment): SegmentTags => ({
  tier: s.tier,
  path: s.path,
  category: s.category,
  channel: s.channel,
  market: s.market,
  value_band: s.valueBand,
  complexity: s.complexity,
  emotion: s.emotion,
});

/** Rates and evidence of a closed minute, dated with its end; none of a running minute, which may still change. */
export function ratesToPoints(record: RatesRecord, attributes: SegmentTags): Point[] {
  if (record.provisional) return [];
  const { segment, points, evidence = [] } = record;
  const timeMs = Date.parse(record.asOf);
  return [
    ...points.map(
      ({ measure, window, value, lower, upper, n, baseline, state }): Point => ({
        measurement: 'seam_rate',
        tags: { segment, ...attributes, measure, window },
        fields: { value, lower, upper, n, baseline, state },
        timeMs,
      }),
    ),
    ...evidence.map((point) => evidenceToPoint(segment, point, timeMs)),
  ];
}

/** A local day, dated with its start, as window `1d`. */
export function dayToPoints(record: DayRecord, attributes: SegmentTags): Point[] {
  const { segment, points, evidence } = record;
  const timeMs = Date.parse(record.start);
  return [
    ...points.map(
      ({ measure, ...fields }): Point => ({
        measurement: 'seam_rate',
        tags: { segment, ...attributes, measure, window: '1d' },
        fields,
        timeMs,
      }),
    ),
    ...evidence.map((point) => evidenceToPoint(segment, point, timeMs)),
  ];
}

/** The NPS of an ISO week against its frozen baseline, dated with its start, as window `1w`. */
export function weekToPoint(record: WeekRecord, attributes: SegmentTags): Point {
  const { segment, nps, lower, upper, n, baseline } = record;
  return {
    measurement: 'seam_rate',
    tags: { segment, ...attributes, measure: 'nps', window: '1w' },
    fields: { value: nps, lower, upper, n, baseline },
    timeMs: Date.parse(record.start),
  };
}

/**
 * A change of an alert, dated with its minute. Changes of one minute differ by their milliseconds, which come from the
 * number of the change: two alerts of one series in one minute would otherwise be one point.
 */
export function alertToPoint(record: AlertRecord): Point {
  const { segment, measure, level, status, seq, owner, effect } = record;
  return {
    measurement: 'seam_alert',
    tags: { segment, measure, level, state: status },
    fields: {
      alert_id: record.id,
      seq,
      title: record.sentence,
      owner,
      value: effect?.value,
      lower: effect?.lower,
      upper: effect?.upper,
      baseline: effect?.baseline,
    },
    timeMs: Date.parse(record.at) + (seq % 1_000),
  };
}

/**
 * Where the job stands, dated with the minute in which the log took the record: event time may stand still.
 * `lag_ms` is how far a source's watermark lies behind that; absent where a source is idle or has no watermark.
 */
export function progressToPoints(record: ProgressRecord, appendedMs: number): Point[] {
  const timeMs = Math.floor(appendedMs / minuteMs) * minuteMs;
  return record.sources.map(({ source, state, watermark, events, late, dead }): Point => {
    const watermarkMs = watermark === null ? null : Date.parse(watermark);
    const waits = watermarkMs !== null && (state === 'active' || state === 'unowned');
    return {
      measurement: 'seam_pipeline',
      tags: { service: 'monitor', source },
      fields: {
        events,
        late,
        dead,
        lag_ms: waits ? Math.max(0, appendedMs - watermarkMs) : null,
        watermark_ms: watermarkMs,
      },
      timeMs,
    };
  });
}

function evidenceToPoint(segment: string, evidence: EvidencePoint, timeMs: number): Point {
  const { measure, direction, days, installationDays, level, onset } = evidence;
  return {
    measurement: 'seam_evidence',
    tags: { segment, measure, direction },
    fields: {
      days,
      installation_days: installationDays,
      level,
      onset_ms: onset === null ? null : Date.parse(onset),
    },
    timeMs,
  };
}
