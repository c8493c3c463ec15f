import { dayMs, minuteMs, secondMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { futureToleranceMs, SourceClock } from './source-clock.ts';

const settings = { outOfOrder: 30 * secondMs, allowedLateness: 7 * dayMs };
const t0 = Date.parse('2026-03-01T12:00:00Z');
const minute0 = t0 / minuteMs;

/** A clock that has seen an event at t0, in a log that took it later. */
function clockAt(): SourceClock {
  const clock = new SourceClock(settings);
  clock.observe(t0, t0 + dayMs);
  return clock;
}

describe('the clock of a source', () => {
  test('knows nothing before its first event', () => {
    const clock = new SourceClock(settings);
    expect(clock).toMatchObject({ state: 'never_seen', watermarkMs: Number.NEGATIVE_INFINITY, events: 0 });
    expect(clock.openMinute).toBe(Number.NEGATIVE_INFINITY);
  });

  test('stands half a minute before its latest event', () => {
    const clock = clockAt();
    expect(clock.watermarkMs).toBe(t0 - 30 * secondMs);
    expect(clock.openMinute).toBe(minute0 - 1);
    expect(clock.observe(t0 + 40 * secondMs, t0 + dayMs)).toEqual({
      kind: 'on_time',
      minute: minute0,
      stamp: minute0,
    });
    expect(clock.openMinute).toBe(minute0);
  });

  test('never runs ahead of the log', () => {
    const clock = clockAt();
    clock.observe(t0 + 4 * minuteMs, t0 + minuteMs);
    expect(clock.watermarkMs).toBe(t0 + 30 * secondMs);
  });

  test('stamps a late event with the first minute that it has not passed', () => {
    const clock = clockAt();
    clock.observe(t0 + 3 * minuteMs, t0 + dayMs);
    expect(clock.observe(t0 - dayMs, t0 + dayMs)).toEqual({
      kind: 'late',
      minute: minute0 - 1_440,
      stamp: minute0 + 2,
    });
    expect(clock).toMatchObject({ events: 3, late: 1 });
  });

  test.each([
    ['past the allowed lateness', t0 - 30 * secondMs - 7 * dayMs - 1, t0, 'too_late'],
    ['at the allowed lateness', t0 - 30 * secondMs - 7 * dayMs, t0, 'late'],
    ['five minutes ahead of the log', t0 + futureToleranceMs, t0, 'on_time'],
    ['further ahead of the log', t0 + futureToleranceMs + 1, t0, 'future'],
  ])('judges an event %s', (_, eventMs, appendedMs, kind) => {
    const clock = clockAt();
    const before = clock.watermarkMs;
    expect(clock.observe(eventMs, appendedMs).kind).toBe(kind);
    expect(clock.events).toBe(kind === 'late' || kind === 'on_time' ? 2 : 1);
    if (clock.events === 1) expect(clock.watermarkMs).toBe(before);
  });

  test('goes back to work after it was idle', () => {
    const clock = clockAt();
    clock.state = 'idle';
    clock.observe(t0 - 9 * dayMs, t0);
    expect(clock.state).toBe('idle');
    clock.observe(t0 + minuteMs, t0 + dayMs);
    expect(clock.state).toBe('active');
  });

  test('never stamps an event with a minute that it has passed, nor one before the event', () => {
    const times = fc.array(fc.integer({ min: -8 * dayMs, max: 8 * dayMs }), { maxLength: 40 });
    fc.assert(
      fc.property(times, (offsets) => {
        const clock = new SourceClock(settings);
        for (const offset of offsets) {
          const { openMinute, watermarkMs } = clock;
          const timing = clock.observe(t0 + offset, t0 + 10 * dayMs);
          expect(timing.stamp).toBeGreaterThanOrEqual(openMinute);
          expect(timing.stamp).toBeGreaterThanOrEqual(timing.minute);
          expect(clock.watermarkMs).toBeGreaterThanOrEqual(watermarkMs);
        }
      }),
    );
  });

  test('comes back from the log as it was', () => {
    const clock = clockAt();
    Object.assign(clock, { state: 'idle', position: 17, duplicates: 2, dead: 3, late: 4 });
    const bytes = new ByteWriter();
    clock.encode(bytes);
    const back = new SourceClock(settings);
    back.decode(new ByteReader(bytes.finish()));
    expect(back).toEqual(clock);
  });
});
