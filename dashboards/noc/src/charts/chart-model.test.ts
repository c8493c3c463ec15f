import { expect, test } from 'vitest';
import { timeFormat } from '../format/time.ts';
import { anAlert } from '../model/build.ts';
import { chartModel, chartSummary } from './chart-model.ts';

const dayMs = 86_400_000;
const berlin = timeFormat('Europe/Berlin');
const asOf = Date.parse('2026-05-28T12:05:00Z');
const start = Date.parse('2025-11-30T23:00:00Z');
const data = {
  days: Array.from({ length: 170 }, (_, i) => ({
    kind: 'day' as const,
    segment: 'ai',
    day: '2026-01-01',
    start: new Date(start + i * dayMs).toISOString(),
    points: [
      { measure: 'repeat_contact' as const, value: 0.15, lower: 0.13, upper: 0.17, n: 900, baseline: 0.151 },
    ],
    evidence: [],
  })),
  weeks: [],
};
const date = (seconds: number) => berlin.isoDay(seconds * 1000);

test('the chart begins 60 days before the onset and ends now', () => {
  const model = chartModel(anAlert(), data, asOf, berlin);
  expect(date(model.from)).toBe('2025-12-30');
  expect(date(model.to)).toBe('2026-05-28');
  expect(model.daily[0]?.x.length).toBeGreaterThan(130);
  expect(model.daily[0]?.low[0]).toBeCloseTo(0.131);
});

test('the day that still runs is left out until it has ended', () => {
  const lastDay = (at: string) => {
    const model = chartModel(anAlert(), data, Date.parse(at), berlin);
    return date(model.daily[0]?.x.at(-1) ?? 0);
  };
  expect(lastDay('2026-05-12T21:59:00Z')).toBe('2026-05-11');
  expect(lastDay('2026-05-12T22:01:00Z')).toBe('2026-05-12');
});

test('a resolved alert is shown until three weeks after its end', () => {
  const alert = anAlert({ status: 'resolved', resolvedAt: '2026-03-20T12:00:00Z' });
  expect(date(chartModel(alert, data, asOf, berlin).to)).toBe('2026-04-10');
});

test('of a composite the three measures that carry it most are shown, the strongest first', () => {
  const effect = { value: 1, lower: 0, upper: 2, n: 9, baseline: null };
  const carriers = (['csat', 'repeat_contact', 'nps', 'ces'] as const).map((measure) => {
    return { measure, part: 0.25, effect };
  });
  const { daily } = chartModel(anAlert({ measure: 'composite', carriers }), data, asOf, berlin);
  expect(daily.map(({ measure }) => measure)).toEqual(['csat', 'repeat_contact', 'nps']);
});

test('a threshold is shown with its limit', () => {
  const limit = { above: 0.18, window: '7d', authoriser: 'COO', action: 'pause' } as const;
  const [daily] = chartModel(anAlert({ rule: 'repeats', limit }), data, asOf, berlin).daily;
  expect(daily?.limit).toBe(0.18);
});

test('it is described in words', () => {
  const alert = anAlert({ npsConfirmedAt: '2026-05-17T22:00:00Z' });
  const model = chartModel(alert, data, asOf, berlin);
  expect(chartSummary(model, model.daily[0]!)).toBe(
    '7-day repeat contact, a value each day against its baseline. Alert on 12 Mar. The weekly NPS test rejects first on 18 May, 67 days after the alert.',
  );
});

test('the same alert and history give the same model, so that nothing is drawn twice', () => {
  const alert = anAlert();
  expect(chartModel(alert, data, asOf, berlin)).toBe(chartModel(alert, data, asOf + 60_000, berlin));
  expect(chartModel(alert, data, asOf, berlin)).not.toBe(chartModel(alert, { ...data }, asOf, berlin));
});
