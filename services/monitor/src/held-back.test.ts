import { hourMs } from '@seamwatch/contracts/units.ts';
import type { Source } from '@seamwatch/core/ports/event-log.ts';
import { describe, expect, test } from 'vitest';
import { heldSources, interactions, surveys } from './testing/two-sources.ts';

/** Records are their event time in hours; what was taken is told as `interactions 3`. */
function start() {
  const { watch, held, take } = heldSources(1_000, ({ appendedMs }) => appendedMs * hourMs);
  const takeHours = (source: Source, hours: number[], more = false) => {
    const records = hours.map((hour) => ({ appendedMs: hour, key: null, value: null, headers: {} }));
    return take(source, records, more).map(({ topic, record }) => `${topic} ${record.appendedMs}`);
  };
  return { watch, held, take: takeHours };
}

describe('records of two sources', () => {
  test('are taken within an hour of each other and a record, however far their batches reach', () => {
    const { held, take } = start();
    expect(take(interactions, [0, 5, 10, 30, 40])).toEqual(['interactions 0']);
    expect([held.wanted(interactions), held.wanted(surveys)]).toEqual([false, true]);
    expect(take(surveys, [1, 4, 6, 20], true)).toEqual([
      'surveys 1',
      'surveys 4',
      'interactions 5',
      'interactions 10',
      'surveys 6',
      'surveys 20',
      'interactions 30',
    ]);
    expect([held.wanted(interactions), held.wanted(surveys)]).toEqual([false, true]);
    expect(take(surveys, [31])).toEqual(['surveys 31', 'interactions 40']);
    expect([held.wanted(interactions), held.wanted(surveys)]).toEqual([true, true]);
  });

  test('are held back until the other source has been read, or has told that it has no more', () => {
    const { watch, held, take } = start();
    expect(take(surveys, [7, 8, 9])).toEqual(['surveys 7']);
    expect(watch.allAtEnd).toBe(false);
    expect(take(interactions, [])).toEqual(['surveys 8', 'surveys 9']);
    expect(watch.allAtEnd).toBe(true);
    expect([held.wanted(interactions), held.wanted(surveys)]).toEqual([true, true]);
  });

  test('that are held back are not the end of their source', () => {
    const { watch, take } = start();
    take(interactions, [0], true);
    expect(take(surveys, [0, 9, 10])).toEqual(['surveys 0', 'surveys 9']);
    expect(take(interactions, [1], true)).toEqual(['interactions 1']);
    expect(watch.allAtEnd).toBe(false);
    expect(take(interactions, [])).toEqual(['surveys 10']);
    expect(watch.allAtEnd).toBe(true);
  });
});
