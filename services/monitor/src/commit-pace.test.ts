import { describe, expect, test } from 'vitest';
import { CommitTimer } from './commit-pace.ts';

/** A timer of 100 records or 500 ms, and its clock. */
function start() {
  const clock = { ms: 1_000 };
  return { clock, timer: new CommitTimer({ records: 100, everyMs: 500 }, () => clock.ms) };
}

describe('a commit is due', () => {
  test('at the end of the log at once', () => {
    const { timer } = start();
    expect([timer.due(1, true), timer.due(0, true), timer.due(3, true)]).toEqual([true, false, true]);
  });

  test('in a backlog after so many records', () => {
    const { timer } = start();
    expect([60, 39, 1, 99, 1].map((n) => timer.due(n, false))).toEqual([false, false, true, false, true]);
  });

  test('in a backlog after so long, counted from the first record', () => {
    const { timer, clock } = start();
    clock.ms += 10_000;
    expect(timer.due(1, false)).toBe(false);
    clock.ms += 499;
    expect(timer.due(1, false)).toBe(false);
    clock.ms += 1;
    expect(timer.due(0, false)).toBe(true);
    expect(timer.due(1, false)).toBe(false);
  });

  test('in a backlog so seldom that commits take a tenth of the time, and every five seconds where they take more', () => {
    const { timer, clock } = start();
    const waits = (tookMs: number) => {
      timer.took(tookMs);
      timer.due(1, false);
      let ms = 0;
      for (; !timer.due(0, false); ms += 50) clock.ms += 50;
      return ms;
    };
    expect([10, 100, 300, 2_000, 10].map(waits)).toEqual([500, 900, 2_700, 5_000, 500]);
    timer.took(2_000);
    expect(timer.due(1, true)).toBe(true);
  });

  test('where something else has changed, even without a record', () => {
    const { timer } = start();
    expect([timer.due(0, false, true), timer.due(0, false)]).toEqual([true, false]);
  });

  test('never for nothing', () => {
    const { timer, clock } = start();
    clock.ms += 1e6;
    expect(timer.due(0, true)).toBe(false);
  });
});
