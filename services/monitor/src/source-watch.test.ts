import { hourMs, minuteMs } from '@seamwatch/contracts/units.ts';
import type { Batch, LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import { describe, expect, test } from 'vitest';
import { interactions, surveys, watchedSources } from './testing/two-sources.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const idleAfterMs = 2 * minuteMs;

/** Two sources of a unit, and what is read of them. */
function start() {
  const { wall, clocks, watch } = watchedSources(idleAfterMs);
  /** A batch up to an offset, the last event being of a time; `end` is the end of the log. */
  const read = (source: Source, upTo: number, end: number, eventMs?: number) => {
    const clock = clocks.get(`${source.topic}-0`)!;
    const news = upTo > clock.position;
    clock.position = upTo;
    if (eventMs !== undefined) clock.observe(eventMs, Number.POSITIVE_INFINITY);
    const records = news ? [{} as LogRecord] : [];
    watch.observe({ source, records, end } satisfies Batch);
  };
  /** The log is asked and has nothing, twice; tells whether a source is declared idle for it. */
  const ask = () => {
    for (let i = 0; i < 2; i++) {
      for (const source of [interactions, surveys]) {
        const { position } = clocks.get(`${source.topic}-0`)!;
        watch.observe({ source, records: [], end: position });
      }
    }
    return watch.declareIdle();
  };
  return { wall, watch, read, ask, clocks };
}

describe('the end of the log', () => {
  test('is reached when every source is at its own', () => {
    const { watch, read } = start();
    expect(watch.allAtEnd).toBe(false);
    read(interactions, 10, 10);
    expect(watch.allAtEnd).toBe(false);
    read(surveys, 0, 0);
    expect(watch.allAtEnd).toBe(true);
    read(interactions, 20, 30);
    expect(watch.allAtEnd).toBe(false);
  });
});

describe('a source more than an hour of event time ahead', () => {
  test('is not read until the other has caught up', () => {
    const { watch, read } = start();
    read(interactions, 1, 100, t0);
    read(surveys, 1, 100, t0 + hourMs);
    expect([watch.mayGoOn(interactions), watch.mayGoOn(surveys)]).toEqual([true, true]);
    read(surveys, 2, 100, t0 + hourMs + 1);
    expect([watch.mayGoOn(interactions), watch.mayGoOn(surveys)]).toEqual([true, false]);
    read(interactions, 2, 100, t0 + 5);
    expect(watch.mayGoOn(surveys)).toBe(true);
  });

  test('does not wait for one that has no more to read', () => {
    const { watch, read } = start();
    read(surveys, 1, 100, t0 + 9 * hourMs);
    expect(watch.mayGoOn(surveys)).toBe(false);
    read(interactions, 0, 0);
    expect(watch.mayGoOn(surveys)).toBe(true);
  });
});

describe('a source is idle', () => {
  test('when it has been at its end for long enough, whether it was ever seen or not', () => {
    const { wall, watch, read, ask, clocks } = start();
    read(interactions, 1, 1, t0);
    wall.ms = idleAfterMs - 1;
    expect(ask()).toBe(false);
    wall.ms = idleAfterMs;
    expect(ask()).toBe(true);
    expect([...clocks.values()].map((c) => c.state)).toEqual(['idle', 'idle']);
    expect(watch.declareIdle()).toBe(false);
  });

  test('not while there is more to read, however long it has been silent', () => {
    const { wall, watch, read, clocks } = start();
    read(interactions, 1, 2, t0);
    wall.ms = 10 * idleAfterMs;
    expect(watch.declareIdle()).toBe(false);
    expect(clocks.get('interactions-0')!.state).toBe('active');
  });

  test('not because its process stood still: what the log said before is no word about the time since', () => {
    const { wall, watch, read, clocks } = start();
    read(interactions, 1, 1, t0);
    wall.ms = 10 * idleAfterMs;
    expect(watch.declareIdle()).toBe(false);
    // An answer that was on its way when the process stopped.
    read(interactions, 1, 1);
    expect(watch.declareIdle()).toBe(false);
    read(interactions, 2, 2, t0 + 1);
    expect(watch.declareIdle()).toBe(false);
    expect(clocks.get('interactions-0')!.state).toBe('active');
  });

  test('counted from its last record', () => {
    const { wall, read, ask, clocks } = start();
    ask();
    wall.ms = idleAfterMs - 1;
    read(interactions, 1, 1, t0);
    wall.ms = idleAfterMs + 1;
    expect(ask()).toBe(true);
    expect([...clocks.values()].map((c) => c.state)).toEqual(['active', 'idle']);
    wall.ms = 2 * idleAfterMs;
    expect(ask()).toBe(true);
  });

  test('until its next event', () => {
    const { wall, read, ask, clocks } = start();
    read(interactions, 1, 1, t0);
    wall.ms = idleAfterMs;
    expect(ask()).toBe(true);
    read(interactions, 2, 2, t0 + 1);
    expect(clocks.get('interactions-0')!.state).toBe('active');
    wall.ms += idleAfterMs;
    expect(ask()).toBe(true);
  });
});
