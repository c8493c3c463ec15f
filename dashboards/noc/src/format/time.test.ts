import { expect, test } from 'vitest';
import { calendarDays, timeFormat } from './time.ts';

const at = Date.parse('2026-03-12T13:05:10Z');
const berlin = timeFormat('Europe/Berlin');

test('every time of day carries its zone', () => {
  expect(berlin.time(at)).toBe('14:05 CET');
  expect(berlin.timeWithSeconds(at)).toBe('14:05:10 CET');
  expect(berlin.dateTime(at)).toBe('12 Mar 2026, 14:05 CET');
  expect(timeFormat('UTC').dateTime(at)).toBe('12 Mar 2026, 13:05 UTC');
  expect(berlin.time(Date.parse('2026-07-01T22:00:00Z'))).toBe('00:00 CEST');
  expect(timeFormat('America/New_York').time(at)).toBe('09:05 GMT-4');
});

test('a date names its year only where it is another one', () => {
  expect(berlin.day(at)).toBe('12 March');
  expect(berlin.day(at, Date.parse('2026-12-31T12:00:00Z'))).toBe('12 March');
  expect(berlin.day(at, Date.parse('2026-12-31T23:30:00Z'))).toBe('12 March 2026');
});

test('days are calendar days of the zone, over changes of the clock too', () => {
  expect(calendarDays(berlin, at, Date.parse('2026-05-20T06:00:00Z'))).toBe(69);
  expect(calendarDays(berlin, Date.parse('2026-03-28T23:30:00Z'), Date.parse('2026-03-29T22:30:00Z'))).toBe(
    1,
  );
  expect(calendarDays(berlin, at, at - 5 * 86_400_000)).toBe(-5);
});

test('a zone that is unknown here is written as UTC', () => {
  expect(timeFormat('Mars/Olympus').time(at)).toBe('13:05 UTC');
});
