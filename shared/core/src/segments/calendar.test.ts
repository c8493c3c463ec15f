import { expect, test } from 'vitest';
import { Calendar } from './calendar.ts';

const zurich = new Calendar('Europe/Zurich');
const at = (text: string) => Date.parse(text);

test('a local day begins at local midnight, in summer and in winter', () => {
  expect(new Date(zurich.startOfDay(zurich.day(at('2026-07-01T12:00:00Z')))).toISOString()).toBe(
    '2026-06-30T22:00:00.000Z',
  );
  expect(new Date(zurich.startOfDay(zurich.day(at('2026-01-01T12:00:00Z')))).toISOString()).toBe(
    '2025-12-31T23:00:00.000Z',
  );
});

test.each([
  ['2026-03-29', 23],
  ['2026-10-25', 25],
  ['2026-06-01', 24],
])('%s has %i hours in Zurich', (date, hours) => {
  const day = at(`${date}T00:00:00Z`) / 86_400_000;
  expect((zurich.startOfDay(day + 1) - zurich.startOfDay(day)) / 3_600_000).toBe(hours);
});

test.each([
  ['2026-01-01', '2026-W01'],
  ['2027-01-01', '2026-W53'],
  ['2024-12-30', '2025-W01'],
  ['2026-11-23', '2026-W48'],
])('%s is in ISO week %s', (date, week) => {
  expect(zurich.week(at(`${date}T00:00:00Z`) / 86_400_000)).toBe(week);
});

test('hours of the week count from Monday midnight, local time', () => {
  expect(zurich.hourOfWeek(at('2026-11-22T23:30:00Z'))).toBe(0);
  expect(zurich.hourOfWeek(at('2026-11-22T22:30:00Z'))).toBe(167);
  expect(new Calendar('UTC').hourOfWeek(at('1969-12-29T00:00:00Z'))).toBe(0);
});

test('a zone with a half-hour offset is right', () => {
  const kolkata = new Calendar('Asia/Kolkata');
  expect(kolkata.date(kolkata.day(at('2026-03-01T18:31:00Z')))).toBe('2026-03-02');
});

test('in every zone a day begins at its first moment, also where midnight does not exist', () => {
  const zones = ['Asia/Kathmandu', 'Africa/Cairo', 'America/Santiago', 'Asia/Beirut', 'Australia/Lord_Howe'];
  for (const zone of [...zones, 'Pacific/Apia', 'America/Havana', 'Africa/Casablanca']) {
    const calendar = new Calendar(zone);
    const wrong: string[] = [];
    const first = calendar.day(at('2023-01-01T12:00:00Z'));
    for (let day = first; day < first + 4 * 365; day++) {
      const start = calendar.startOfDay(day);
      if (calendar.day(start) !== day || calendar.day(start - 1) !== day - 1) wrong.push(calendar.date(day));
    }
    expect({ zone, wrong }).toEqual({ zone, wrong: [] });
  }
});
