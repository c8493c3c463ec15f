import { toLine } from '@seamwatch/adapters/influx/point.ts';
import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import type { ProgressRecord, RatesRecord } from '@seamwatch/contracts/records.ts';
import { expect, test } from 'vitest';
import {
  alertToPoint,
  dayToPoints,
  progressToPoints,
  ratesToPoints,
  segmentTags,
  weekToPoint,
} from './to-points.ts';

const asOf = '2026-03-01T12:05:00.000Z';
const attributes = segmentTags({
  id: 'ai-billing-top',
  title: 'AI, billing, top value',
  where: {},
  tier: '1',
  path: 'ai',
  category: 'billing',
  channel: 'chat',
  market: 'de',
  valueBand: 'top',
  complexity: 'low',
  emotion: 'calm',
});
const rates: RatesRecord = {
  kind: 'rates',
  segment: 'ai-billing-top',
  asOf,
  provisional: false,
  points: [
    {
      measure: 'csat',
      window: '24h',
      value: 4.1,
      lower: 4,
      upper: 4.2,
      n: 250,
      baseline: 4.3,
      state: 'ok',
      revised: true,
    },
    { measure: 'volume', window: '1h', value: null, lower: null, upper: null, n: 0, state: 'no_data' },
  ],
  evidence: [
    {
      measure: 'csat',
      direction: 'worse',
      days: 12.5,
      installationDays: 3.25,
      level: 'watch',
      learning: false,
      onset: '2026-02-27T06:00:00.000Z',
    },
  ],
};

test('a rate carries all attributes of its segment as tags, and is dated with the end of its minute', () => {
  expect(ratesToPoints(rates, attributes)[0]).toEqual({
    measurement: 'seam_rate',
    tags: {
      segment: 'ai-billing-top',
      tier: '1',
      path: 'ai',
      category: 'billing',
      channel: 'chat',
      market: 'de',
      value_band: 'top',
      complexity: 'low',
      emotion: 'calm',
      measure: 'csat',
      window: '24h',
    },
    fields: { value: 4.1, lower: 4, upper: 4.2, n: 250, baseline: 4.3, state: 'ok' },
    timeMs: Date.parse(asOf),
  });
});

test('a measure without a value keeps its n and its state', () => {
  expect(ratesToPoints(rates, {})[1]?.fields).toEqual({
    value: null,
    lower: null,
    upper: null,
    n: 0,
    baseline: undefined,
    state: 'no_data',
  });
});

test('evidence is a point of its own, with its onset in milliseconds', () => {
  expect(ratesToPoints(rates, attributes)[2]).toEqual({
    measurement: 'seam_evidence',
    tags: { segment: 'ai-billing-top', measure: 'csat', direction: 'worse' },
    fields: {
      days: 12.5,
      installation_days: 3.25,
      level: 'watch',
      onset_ms: Date.parse('2026-02-27T06:00:00.000Z'),
    },
    timeMs: Date.parse(asOf),
  });
});

test('a running minute is not written', () => {
  expect(ratesToPoints({ ...rates, provisional: true }, attributes)).toEqual([]);
});

test('a day is a rate of window 1d, dated with its start; a week one of window 1w', () => {
  const day = dayToPoints(
    {
      kind: 'day',
      segment: 'all',
      day: '2026-03-01',
      start: '2026-02-28T23:00:00.000Z',
      points: [{ measure: 'nps', value: 20, lower: 10, upper: 30, n: 90, baseline: 28 }],
      evidence: rates.evidence ?? [],
    },
    { path: 'ai' },
  );
  expect(day[0]).toEqual({
    measurement: 'seam_rate',
    tags: { segment: 'all', path: 'ai', measure: 'nps', window: '1d' },
    fields: { value: 20, lower: 10, upper: 30, n: 90, baseline: 28 },
    timeMs: Date.parse('2026-02-28T23:00:00.000Z'),
  });
  expect(day[1]).toMatchObject({
    measurement: 'seam_evidence',
    timeMs: Date.parse('2026-02-28T23:00:00.000Z'),
  });

  const week = weekToPoint(
    {
      kind: 'week',
      segment: 'all',
      week: '2026-W09',
      start: '2026-02-22T23:00:00.000Z',
      end: '2026-03-01T23:00:00.000Z',
      nps: null,
      lower: null,
      upper: null,
      n: 0,
      baseline: 28,
      z: null,
      rejects: false,
    },
    {},
  );
  expect(week).toEqual({
    measurement: 'seam_rate',
    tags: { segment: 'all', measure: 'nps', window: '1w' },
    fields: { value: null, lower: null, upper: null, n: 0, baseline: 28 },
    timeMs: Date.parse('2026-02-22T23:00:00.000Z'),
  });
});

const alert = alertRecord(asOf, { seq: 1_007, id: 'a1' });

test('a change of an alert is dated with its minute, and two of one minute stay apart', () => {
  expect(alertToPoint(alert)).toEqual({
    measurement: 'seam_alert',
    tags: { segment: 'all', measure: 'csat', level: 'warning', state: 'firing' },
    fields: {
      alert_id: 'a1',
      seq: 1_007,
      title: 'CSAT of everything has fallen from 4.2 to 3.9.',
      owner: null,
      value: 3.9,
      lower: 3.8,
      upper: 4,
      baseline: 4.2,
    },
    timeMs: Date.parse(asOf) + 7,
  });
  expect(alertToPoint({ ...alert, seq: 1_008 }).timeMs).not.toBe(alertToPoint(alert).timeMs);
});

test('an alert of several signals together has no value of its own, and an exit threshold no baseline', () => {
  const effect = { value: 3.9, lower: 3.8, upper: 4, n: 300, baseline: 4.2 };
  const carriers = [{ measure: 'csat' as const, part: 1, effect }];
  const composite = alertToPoint({ ...alert, measure: 'composite', effect: null, carriers });
  expect(composite.tags).toMatchObject({ measure: 'composite' });
  expect(toLine(composite)).not.toMatch(/value=|lower=|upper=|baseline=/);

  const limit = { below: 4, window: '28d', authoriser: 'COO', action: 'pause' } as const;
  const crossed = { ...alert, rule: 'csat-floor', limit, effect: { ...effect, baseline: null } };
  const line = toLine(alertToPoint({ ...crossed, evidenceDays: null, installationDays: null }));
  expect(line).toContain('value=3.9');
  expect(line).not.toContain('baseline=');
});

test('evidence of all signals together is a point of the measure composite', () => {
  const carriers = [{ measure: 'csat' as const, part: 1 }];
  const evidence = [{ ...rates.evidence![0]!, measure: 'composite' as const, carriers }];
  const point = ratesToPoints({ ...rates, points: [], evidence }, {})[0]!;
  expect(toLine(point)).toMatch(
    /^seam_evidence,direction=worse,measure=composite,segment=ai-billing-top days=12\.5,installation_days=3\.25,level="watch",onset_ms=\d+i \d+$/,
  );
});

test('progress is dated by the clock; lag is the distance of the watermark, where a source is not idle', () => {
  const source = { events: 10, late: 2, duplicates: 1, dead: 3, lag: 0 };
  const record: ProgressRecord = {
    kind: 'progress',
    asOf,
    sources: [
      { source: 'interactions-0', state: 'active', watermark: asOf, ...source },
      { source: 'interactions-1', state: 'idle', watermark: asOf, ...source },
      { source: 'surveys-0', state: 'never_seen', watermark: null, ...source },
    ],
    deadByReason: {},
    series: 4,
    falseAlarmsPer30Days: 1,
  };
  const points = progressToPoints(record, Date.parse('2026-03-01T12:06:10.500Z'));
  expect(points.map(({ timeMs }) => new Date(timeMs).toISOString())).toEqual(
    Array(3).fill('2026-03-01T12:06:00.000Z'),
  );
  expect(points[0]).toMatchObject({
    measurement: 'seam_pipeline',
    tags: { service: 'monitor', source: 'interactions-0' },
    fields: { events: 10, late: 2, dead: 3, lag_ms: 70_500, watermark_ms: Date.parse(asOf) },
  });
  expect(points.slice(1).map(({ fields }) => fields)).toEqual([
    { events: 10, late: 2, dead: 3, lag_ms: null, watermark_ms: Date.parse(asOf) },
    { events: 10, late: 2, dead: 3, lag_ms: null, watermark_ms: null },
  ]);
});
