import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeMs, utcMs } from './time.ts';

const moments = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z'),
  max: Date.parse('9999-12-31T23:59:59.999Z'),
});
const digits = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));

test('a time in UTC, with and without milliseconds, is read as Date.parse reads it', () => {
  fc.assert(
    fc.property(moments, (ms) => {
      const text = new Date(ms).toISOString();
      expect(utcMs(text)).toBe(ms);
      expect(utcMs(`${text.slice(0, 19)}Z`)).toBe(Date.parse(`${text.slice(0, 19)}Z`));
    }),
  );
});

test('a text that looks like a time is read as Date.parse reads it, and by the short way only where it is one', () => {
  const parts = [
    fc.constantFrom('2026', '2024', '1900', '2000', '0000', '20x6'),
    digits(13),
    digits(32),
    digits(25),
    digits(61),
    digits(61),
  ] as const;
  const ends = fc.constantFrom('Z', '.000Z', '.9xZ', '.12Z', '.123456Z', '+01:00', '.5-11:30', 'z', '');
  fc.assert(
    fc.property(fc.tuple(...parts), ends, ([y, mo, d, h, mi, s], end) => {
      const text = `${y}-${mo}-${d}T${h}:${mi}:${s}${end}`;
      expect(timeMs(text)).toBe(Date.parse(text));
    }),
    { numRuns: 2_000 },
  );
  expect(utcMs('2026-02-29T00:00:00Z')).toBeNaN();
  expect(utcMs('2028-02-29T00:00:00Z')).toBe(Date.parse('2028-02-29T00:00:00Z'));
});

test('any other text is what Date.parse makes of it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(timeMs(text)).toBe(Date.parse(text));
    }),
  );
  expect(timeMs('2026-03-01')).toBe(Date.parse('2026-03-01'));
});
