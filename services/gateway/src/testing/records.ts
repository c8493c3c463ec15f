import { closedInteraction, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import type { EvidencePoint, RatePoint } from '@seamwatch/contracts/measures.ts';
import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import type {
  AlertRecord,
  DayRecord,
  DeliveryRecord,
  ProgressRecord,
  RatesRecord,
  Segment,
  SegmentsRecord,
  WeekRecord,
} from '@seamwatch/contracts/records.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';

/** Event time of `minutes` after 1 March 2026, 10:00 UTC. */
export const at = (minutes: number): string => new Date(Date.UTC(2026, 2, 1, 10, minutes)).toISOString();

export const point = (value: number | null, more: Partial<RatePoint> = {}): RatePoint => ({
  measure: 'escalation_rate',
  window: '1h',
  value,
  lower: value === null ? null : value - 0.01,
  upper: value === null ? null : value + 0.01,
  n: 1_000,
  state: 'ok',
  ...more,
});

export const evidence = (days: number, more: Partial<EvidencePoint> = {}): EvidencePoint => ({
  measure: 'csat',
  direction: 'worse',
  days,
  installationDays: days / 10,
  level: 'watch',
  learning: false,
  onset: at(0),
  ...more,
});

export const rates = (segment: string, minutes: number, points: RatePoint[] = [point(0.1)]): RatesRecord => ({
  kind: 'rates',
  segment,
  asOf: at(minutes),
  provisional: false,
  points,
});

export const progress = (minutes: number | null, more: Partial<ProgressRecord> = {}): ProgressRecord => ({
  kind: 'progress',
  asOf: minutes === null ? null : at(minutes),
  sources: [
    {
      source: 'interactions-0',
      state: 'active',
      watermark: minutes === null ? null : at(minutes),
      events: 120,
      late: 3,
      duplicates: 1,
      dead: 2,
      lag: 7,
    },
  ],
  deadByReason: { SEAM_WRONG_SHAPE: 2 },
  series: 12,
  falseAlarmsPer30Days: 2,
  ...more,
});

export const segment = (id: string, more: Partial<Segment> = {}): Segment => ({
  id,
  title: id.toUpperCase(),
  where: {},
  ...more,
});

export const segments = (...list: Segment[]): SegmentsRecord => ({ kind: 'segments', segments: list });

export const day = (segmentId: string, date: string, value: number): DayRecord => ({
  kind: 'day',
  segment: segmentId,
  day: date,
  start: `${date}T00:00:00.000Z`,
  points: [{ measure: 'csat', value, lower: 3, upper: 5, n: 50, baseline: 4.2 }],
  evidence: [evidence(30)],
});

export const week = (segmentId: string, number: number): WeekRecord => ({
  kind: 'week',
  segment: segmentId,
  week: `2026-W${String(number).padStart(2, '0')}`,
  start: new Date(Date.UTC(2025, 11, 29 + (number - 1) * 7)).toISOString(),
  end: new Date(Date.UTC(2025, 11, 29 + number * 7)).toISOString(),
  nps: 28,
  lower: 25,
  upper: 31,
  n: 1_500,
  baseline: 30,
  z: -1,
  rejects: false,
});

export const alert = (seq: number, more: Partial<AlertRecord> = {}): AlertRecord =>
  alertRecord(at(seq), {
    seq,
    id: `alert-${seq}`,
    segment: 'ai',
    segmentTitle: 'AI-handled',
    measure: 'repeat_contact',
    openedAt: at(0),
    onset: { at: at(0), lower: at(0), upper: at(1) },
    effect: { value: 0.18, lower: 0.17, upper: 0.19, n: 8_412, baseline: 0.15 },
    evidenceDays: 5_000,
    installationDays: 500,
    sentence: 'Repeat contact after AI-handled returns rose from 15.1 % to 18.4 %.',
    ...more,
  });

export const delivery = (sink: string, more: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  sink,
  state: 'ok',
  since: at(0),
  at: at(1),
  detail: '',
  delivered: 10,
  refused: 0,
  ...more,
});

type TopicRecord =
  | RatesRecord
  | ProgressRecord
  | SegmentsRecord
  | DayRecord
  | WeekRecord
  | AlertRecord
  | DeliveryRecord;

/** Topic and key of a record, as the monitor writes it. */
export function toLog(record: TopicRecord): OutRecord {
  const value = JSON.stringify(record);
  if ('seq' in record) return { topic: 'alerts', key: record.id, value };
  if ('sink' in record) return { topic: 'deliveries', key: record.sink, value };
  switch (record.kind) {
    case 'rates':
      return { topic: 'rates', key: record.segment, value };
    case 'day':
      return { topic: 'days', key: `${record.segment}|${record.day}`, value };
    case 'week':
      return { topic: 'days', key: `${record.segment}|${record.week}`, value };
    default:
      return { topic: 'rates', key: `~${record.kind}`, value };
  }
}

/** A closed interaction as a CloudEvent. */
export const closedEvent = (id: string, changes: Partial<InteractionClosed> = {}): object =>
  cloudEvent(
    `event-${id}`,
    'interaction.closed',
    closedInteraction(id, at(5), { customerId: `customer-${id}`, startedAt: at(0), ...changes }),
  );
