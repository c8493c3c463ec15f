import { describe, expect, it } from 'vitest';
import { localTime } from './local-time.ts';

describe('local time', () => {
  it('becomes UTC by the zone in which it was written', () => {
    expect(localTime('1999-02-01 07:02:47', 'Asia/Jerusalem')).toBe('1999-02-01T05:02:47.000Z');
    expect(localTime('1999-08-01T7:02', 'Asia/Jerusalem')).toBe('1999-08-01T04:02:00.000Z');
    expect(localTime('2026-01-15 12:00:00.5', 'America/New_York')).toBe('2026-01-15T17:00:00.500Z');
    expect(localTime('2026-06-01 00:00:00', 'Asia/Kathmandu')).toBe('2026-05-31T18:15:00.000Z');
  });

  it('takes the first of an hour that comes twice in autumn', () => {
    expect(localTime('2026-10-25 02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(localTime('2026-10-25 03:00:00', 'Europe/Berlin')).toBe('2026-10-25T02:00:00.000Z');
    expect(localTime('2026-11-01 01:30:00', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });

  it('reads a time in the hour that is left out in spring with the offset before it', () => {
    expect(localTime('2026-03-29 01:59:59', 'Europe/Berlin')).toBe('2026-03-29T00:59:59.000Z');
    expect(localTime('2026-03-29 02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(localTime('2026-03-29 03:00:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('agrees with the clock of the zone around every change of a year', () => {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Australia/Lord_Howe',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 977 * 60_000) {
      const text = shown.format(ms);
      expect(shown.format(Date.parse(localTime(text, 'Australia/Lord_Howe')))).toBe(text);
    }
  });

  it.each([
    '1999-02-30 07:02:47',
    '1999-02-01',
    '01/02/1999 07:02',
    '1999-02-01 24:00:00',
    '1999-02-01 07:02:47Z',
    '',
  ])('refuses %j', (text) => {
    expect(() => localTime(text, 'UTC')).toThrow(RangeError);
  });
});
