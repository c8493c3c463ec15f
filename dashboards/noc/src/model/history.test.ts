import { expect, test } from 'vitest';
import { dayValues, expectedRange, trend } from './history.ts';

const day = (n: number, value: number | null, count = 100) => ({
  at: n * 86_400_000,
  value,
  lower: null,
  upper: null,
  n: count,
  baseline: null,
});

test('a trend pools sums over seven days, so that thin days weigh little', () => {
  const days = [day(0, 0.1, 900), day(1, 0.9, 100)];
  expect(trend(days, 'repeat_contact', 20)[1]?.value).toBeCloseTo(0.18);
  const week = Array.from({ length: 8 }, (_, i) => day(i, i === 0 ? 1 : 0));
  expect(trend(week, 'csat', 20).at(-1)?.value).toBe(0);
});

test('too few answers in seven days are a gap, not a value', () => {
  expect(trend([day(0, 0.5, 19), day(1, null, 0)], 'nps', 20).map((p) => p.value)).toEqual([null, null]);
});

test('volumes and quantiles stay daily', () => {
  expect(trend([day(0, 10, 10), day(1, 30, 30)], 'volume', 20).map((p) => p.value)).toEqual([10, 30]);
  expect(trend([day(0, 10, 10), day(1, 30, 30)], 'seam_wait_p50', 20).map((p) => p.value)).toEqual([10, 30]);
});

test('days are read in the order of time, and a day without the measure is a gap', () => {
  const record = (date: string, points: unknown[]) =>
    ({ kind: 'day', segment: 's', day: date, start: `${date}T00:00:00.000Z`, points, evidence: [] }) as never;
  const point = { measure: 'csat', value: 4.2, lower: 4.1, upper: 4.3, n: 50 };
  const values = dayValues([record('2026-03-02', [point]), record('2026-03-01', [])], 'csat');
  expect(values.map((v) => v.value)).toEqual([null, 4.2]);
});

test('the expected range is the baseline with the width of the day', () => {
  const range = expectedRange({ ...day(0, 0.2), lower: 0.18, upper: 0.22, baseline: 0.15 }, 'share');
  expect(range?.low).toBeCloseTo(0.13);
  expect(range?.high).toBeCloseTo(0.17);
  expect(expectedRange(day(0, 0.2), 'share')).toBeNull();
});

test('the expected range of a share stays within 0 and 1, that of a score does not', () => {
  const wide = { ...day(0, 0.1), lower: 0, upper: 0.4 };
  expect(expectedRange({ ...wide, baseline: 0.05 }, 'share')).toEqual({ low: 0, high: 0.25 });
  expect(expectedRange({ ...wide, baseline: 0.95 }, 'share')).toEqual({ low: 0.75, high: 1 });
  expect(expectedRange({ ...wide, baseline: 0.05 }, 'nps')?.low).toBeCloseTo(-0.15);
});
