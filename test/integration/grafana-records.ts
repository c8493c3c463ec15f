import { type Measure, measureNames, type RatePoint, windows } from '@seamwatch/contracts/measures.ts';
import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import type {
  AlertRecord,
  DayRecord,
  ProgressRecord,
  RatesRecord,
  WeekRecord,
} from '@seamwatch/contracts/records.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';

/** Known records for the dashboard's queries: half an hour of minutes up to half an hour ago, and five days long before. */

export const begin = Math.floor(Date.now() / (10 * minuteMs)) * 10 * minuteMs - 60 * minuteMs;
export const minutes = Array.from({ length: 30 }, (_, i) => begin + i * minuteMs);
export const segments = ['all', 'path:ai', 'path:seam', 'path:human', 'path:ai.category:billing'] as const;
export const days = Array.from({ length: 5 }, (_, i) => begin - (begin % dayMs) - (300 - i) * dayMs);

/** A value of its own for each point, so that a query that takes the wrong one is found out. */
export function ratePoint(
  segment: string,
  measure: Measure,
  window: RatePoint['window'],
  minute: number,
): RatePoint {
  const seed = [
    segments.indexOf(segment as 'all'),
    measureNames.indexOf(measure),
    windows.indexOf(window),
    minute,
  ];
  const value = seed.reduce((sum, part) => sum * 31 + part, 0) / 1_000_000;
  const n = 10 * minute + seed[0]!;
  // Too little data: in the tenth minute there is an n and no value.
  if (minute === 10)
    return { measure, window, value: null, lower: null, upper: null, n, state: 'not_enough_data' };
  return {
    measure,
    window,
    value,
    lower: value - 0.5,
    upper: value + 0.5,
    n,
    baseline: value + 0.25,
    state: 'ok',
  };
}

export const rates = (segment: string, minute: number): RatesRecord => ({
  kind: 'rates',
  segment,
  asOf: toRfc3339(minutes[minute]!),
  provisional: false,
  points: measureNames.flatMap((measure) =>
    windows.map((window) => ratePoint(segment, measure, window, minute)),
  ),
  evidence: (['csat', 'nps', 'composite'] as const).flatMap((measure, i) =>
    (['worse', 'better'] as const).map((direction) => ({
      measure,
      direction,
      days: 1,
      installationDays: direction === 'worse' ? 1 + minute + 100 * i : 9_999,
      level: 'watch' as const,
      learning: false,
      onset: null,
    })),
  ),
});

export const sources = ['interactions-0', 'surveys-0', 'surveys-1'];
export const counters = (source: number, minute: number) => ({
  events: 100 * source + minute * (7 + source),
  late: minute * source,
  dead: Math.floor(minute / 10),
});
export const progress = (minute: number): ProgressRecord => ({
  kind: 'progress',
  asOf: toRfc3339(minutes[minute]!),
  sources: sources.map((source, i) => ({
    source,
    state: i === 2 ? 'idle' : 'active',
    watermark: toRfc3339(minutes[minute]! - i * 10_000),
    ...counters(i, minute),
    duplicates: 0,
    lag: 0,
  })),
  deadByReason: {},
  series: 2,
  falseAlarmsPer30Days: 2,
});

export const alert = (
  seq: number,
  id: string,
  status: AlertRecord['status'],
  minute: number,
): AlertRecord => {
  return alertRecord(toRfc3339(minutes[minute]!), {
    seq,
    id,
    change: 'updated',
    status,
    effect: { value: seq, lower: seq - 1, upper: seq + 1, n: 300, baseline: 4.2 },
    sentence: `Change ${seq} of ${id}.`,
    owner: id === 'a' ? 'Ada' : null,
  });
};
const carriers = [
  { measure: 'csat' as const, part: 1, effect: { value: 3.9, lower: 3.8, upper: 4, n: 300, baseline: 4.2 } },
];
export const alertRecords: AlertRecord[] = [
  alert(1, 'a', 'firing', 3),
  alert(2, 'b', 'firing', 3),
  alert(3, 'a', 'recovering', 8),
  alert(4, 'a', 'resolved', 12),
  { ...alert(5, 'c', 'firing', 14), measure: 'composite' as const, effect: null, carriers },
];

export const day = (segment: string, i: number): DayRecord => {
  const { value, lower, upper } = ratePoint(segment, 'csat', '1h', i);
  const start = toRfc3339(days[i]!);
  const points = [{ measure: 'csat' as const, value, lower, upper, n: 5, baseline: 4 }];
  return { kind: 'day', segment, day: start.slice(0, 10), start, points, evidence: [] };
};
export const week = (segment: string, i: number): WeekRecord => ({
  kind: 'week',
  segment,
  week: `2026-W0${i + 1}`,
  start: toRfc3339(days[i]!),
  end: toRfc3339(days[i]! + 7 * dayMs),
  nps: segment === 'all' ? 20 - i : 99,
  lower: 10 - i,
  upper: 30 - i,
  n: 500,
  baseline: 28,
  z: null,
  rejects: false,
});
