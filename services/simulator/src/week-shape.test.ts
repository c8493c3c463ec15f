import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import { defaultWeek } from './scenario-defaults.ts';
import { WeekShape } from './week-shape.ts';

/** Open from nine to ten only. */
const oneHour = Array.from({ length: 24 }, (_, hour) => Number(hour === 9));
const nineToTen = { weekday: oneHour, saturday: oneHour, sunday: oneHour };
const openHours = (shape: WeekShape, fromIso: string, hours: number) => {
  const from = Date.parse(fromIso);
  return Array.from({ length: hours * 4 }, (_, i) => from + (i * hourMs) / 4)
    .filter((t) => shape.at(t) > 0)
    .map((t) => new Date(t).toISOString().slice(5, 16));
};

test('nine in the morning is local, on both sides of both clock changes', () => {
  const shape = new WeekShape({ week: nineToTen, timeZone: 'Europe/Berlin' });
  expect(openHours(shape, '2026-03-28T00:00:00Z', 48)).toEqual([
    ...['03-28T08:00', '03-28T08:15', '03-28T08:30', '03-28T08:45'],
    ...['03-29T07:00', '03-29T07:15', '03-29T07:30', '03-29T07:45'],
  ]);
  expect(openHours(shape, '2026-10-24T00:00:00Z', 48).filter((t) => t.endsWith(':00'))).toEqual([
    '10-24T07:00',
    '10-25T08:00',
  ]);
});

test('the hour that the clock skips does not happen, and the one that it repeats happens twice', () => {
  const two = Array.from({ length: 24 }, (_, hour) => Number(hour === 2));
  const shape = new WeekShape({
    week: { weekday: two, saturday: two, sunday: two },
    timeZone: 'Europe/Berlin',
  });
  expect(openHours(shape, '2026-03-28T23:00:00Z', 23)).toEqual([]);
  expect(openHours(shape, '2026-10-24T22:00:00Z', 25)).toHaveLength(8);
});

test('zones that are half an hour off are right', () => {
  const shape = new WeekShape({ week: nineToTen, timeZone: 'Asia/Kolkata' });
  expect(openHours(shape, '2026-05-05T00:00:00Z', 24)[0]).toBe('05-05T03:30');
});

test('an average week has mean one, weekends are quieter, and the load of an average interaction is one', () => {
  const shape = new WeekShape({ week: defaultWeek, timeZone: 'UTC' });
  const monday = Date.parse('2026-05-04T00:00:00Z');
  const weights = Array.from({ length: 168 }, (_, i) => shape.at(monday + i * hourMs));
  const sum = (xs: number[]) => xs.reduce((a, b) => a + b, 0);
  expect(sum(weights) / 168).toBeCloseTo(1, 10);
  expect(sum(weights.slice(120)) / 48).toBeLessThan(0.6 * (sum(weights.slice(0, 120)) / 120));
  const load = sum(weights.map((w, i) => (w / 168) * shape.load(monday + i * hourMs)));
  expect(load).toBeCloseTo(1, 10);
});

test('a moment within 24 hours keeps to the hours at which people come', () => {
  const shape = new WeekShape({ week: nineToTen, timeZone: 'UTC' });
  const from = Date.parse('2026-05-05T00:30:00Z');
  for (const u of [0.001, 0.3, 0.7, 0.999]) {
    const moment = shape.momentWithin24Hours(from, u);
    expect(moment).toBeGreaterThanOrEqual(from);
    expect(moment).toBeLessThan(from + dayMs);
    expect(Math.abs((moment % dayMs) / hourMs - 9.5)).toBeLessThanOrEqual(1);
  }
});
