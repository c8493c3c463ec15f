import { closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import type { FixtureEvent } from './events.fixture.ts';
import { StageA, StageB } from './pipeline.fixture.ts';

const policy = policySchema.parse({ version: 1, segments: [{ each: ['channel'] }] });
const t0 = Date.parse('2026-03-02T08:00:00Z');
const laterMs = t0 + 40 * 365 * dayMs;
let ids = 0;

function closed(atMs: number, more: Partial<InteractionClosed> = {}): FixtureEvent {
  const data = closedInteraction(`i${++ids}`, toRfc3339(atMs), more);
  return { topic: 'interactions', timeMs: atMs, customer: 0, data };
}

/** Two partitions and what stage B makes of them. */
class Pair {
  readonly a = [new StageA(policy, 0), new StageA(policy, 1)] as const;
  readonly b = new StageB({ policy, partitions: 2 });

  constructor() {
    // Nobody is asked anything here.
    for (const stage of this.a) stage.idle('surveys');
  }

  tell(partition: 0 | 1, ...events: FixtureEvent[]): void {
    this.tellAll(partition, events);
  }

  tellAll(partition: 0 | 1, events: readonly FixtureEvent[]): void {
    const stage = this.a[partition];
    for (const event of events) stage.apply(event, laterMs);
    for (const told of stage.commit(laterMs)) this.b.apply(told);
    this.b.commit();
  }

  idle(partition: 0 | 1): void {
    this.a[partition].idle('interactions');
    this.tell(partition);
  }

  get asOf(): string | null {
    return this.b.progress!.asOf;
  }

  volume(segment = 'all', window = '28d'): number | null | undefined {
    const points = this.b.rates.get(segment)?.points;
    return points?.find((p) => p.window === window && p.measure === 'volume')?.value;
  }
}

const at = (minutes: number) => toRfc3339(t0 + minutes * minuteMs);

describe('time goes on', () => {
  test('when every source has passed a minute, and not before', () => {
    const pair = new Pair();
    pair.tell(0, closed(t0), closed(t0 + 90 * minuteMs));
    expect(pair.asOf).toBeNull();
    expect(pair.b.progress!.sources.map((s) => s.state)).toEqual([
      'active',
      'never_seen',
      'never_seen',
      'never_seen',
    ]);
    pair.tell(1, closed(t0 + 30 * minuteMs));
    // Half a minute may be out of order.
    expect(pair.asOf).toBe(at(29));
    pair.tell(1, closed(t0 + 200 * minuteMs));
    expect(pair.asOf).toBe(at(89));
  });

  test('past a source that is idle, and one that was never seen holds it back until it is idle', () => {
    const pair = new Pair();
    pair.tell(0, closed(t0), closed(t0 + 90 * minuteMs));
    expect(pair.asOf).toBeNull();
    pair.idle(1);
    expect(pair.asOf).toBe(at(89));
    pair.tell(0, closed(t0 + 100 * minuteMs));
    expect(pair.asOf).toBe(at(99));
  });

  test('to the last event when all are idle, and stands there', () => {
    const pair = new Pair();
    pair.tell(0, closed(t0), closed(t0 + 7 * minuteMs));
    pair.idle(0);
    pair.idle(1);
    expect([pair.asOf, pair.volume('all', '1h')]).toEqual([at(8), 2]);
    pair.idle(1);
    expect(pair.asOf).toBe(at(8));
  });

  test('not before anything is known, even where all are idle', () => {
    const pair = new Pair();
    pair.idle(0);
    pair.idle(1);
    expect(pair.asOf).toBeNull();
    expect(pair.b.segments.provisional()).toEqual([]);
    pair.tell(1, closed(t0));
    pair.idle(1);
    expect(pair.asOf).toBe(at(1));
  });
});

test('the running minutes are shown on top of the newest hour, and as provisional', () => {
  const pair = new Pair();
  pair.idle(1);
  pair.tell(0, closed(t0), closed(t0 + 30 * minuteMs), closed(t0 + 30 * minuteMs, { channel: 'voice' }));
  expect([pair.asOf, pair.volume('all', '1h')]).toEqual([at(29), undefined]);
  const shown = pair.b.segments.provisional().map(({ value }) => JSON.parse(value as string) as RatesRecord);
  const values = new Map(shown.map((r) => [r.segment, r.points[0]!.value]));
  expect([values.get('all'), values.get('channel:chat')]).toEqual([3, 2]);
  // A channel is no segment before its first minute is over.
  expect(values.has('channel:voice')).toBe(false);
  expect(shown.every((r) => r.provisional && r.asOf === at(29))).toBe(true);
  expect(new Set(shown.flatMap((r) => r.points.map((p) => p.window)))).toEqual(new Set(['1h']));
  expect(shown.some((r) => r.evidence)).toBe(false);
});

describe('a source that comes back after it was idle', () => {
  test('is used, in the windows of its events', () => {
    const pair = new Pair();
    pair.idle(1);
    pair.tell(0, closed(t0), closed(t0 + 3 * dayMs));
    expect(pair.volume()).toBe(1);
    pair.tell(1, closed(t0 + dayMs, { channel: 'voice' }), closed(t0 + 4 * dayMs));
    pair.tell(0, closed(t0 + 5 * dayMs));
    expect([pair.volume(), pair.volume('all', '24h'), pair.volume('channel:voice')]).toEqual([3, 1, 1]);
    const day = pair.b.days.get('all|2026-03-03');
    expect(day?.kind === 'day' && day.points[0]).toMatchObject({ measure: 'volume', value: 1 });
  });

  test('corrects no day that is older than late events can be', () => {
    const pair = new Pair();
    pair.idle(1);
    pair.tell(0, closed(t0), closed(t0 + 1), closed(t0 + 20 * dayMs));
    pair.tell(1, closed(t0 + 2), closed(t0 + 21 * dayMs));
    pair.tell(0, closed(t0 + 22 * dayMs));
    const day = pair.b.days.get('all|2026-03-02');
    expect(day?.kind === 'day' && day.points[0]).toMatchObject({ measure: 'volume', value: 2 });
    expect(pair.volume()).toBe(4);
  });

  test('gives nothing to segments by itself: an idle partition has no part in who comes first', () => {
    const pair = new Pair();
    pair.idle(1);
    pair.tell(0, closed(t0), closed(t0 + hourMs));
    pair.tell(1, closed(t0 + 2 * hourMs));
    expect(pair.asOf).toBe(at(59));
  });
});

describe('a long silence', () => {
  const years = 27;

  test('of 27 years closes within seconds, and ends with the figures of its end', () => {
    const pair = new Pair();
    pair.idle(1);
    const before = Array.from({ length: 50 }, (_, i) => closed(t0 + i * hourMs, { customerId: `c${i}` }));
    pair.tell(0, ...before);
    const start = performance.now();
    pair.tell(0, closed(t0 + years * 365 * dayMs));
    pair.tell(0, closed(t0 + years * 365 * dayMs + 61 * minuteMs));
    expect(performance.now() - start).toBeLessThan(10_000);
    pair.idle(0);
    expect([pair.volume(), pair.volume('all', '1h')]).toEqual([2, 1]);
    const repeat = pair.b.rates.get('all')!.points.find((p) => p.measure === 'repeat_contact')!;
    expect(repeat).toMatchObject({ window: '1h', n: 0, state: 'no_data' });
    expect(pair.b.days.get('all|2026-03-04')).toBeDefined();
  });

  test('shows the same however it is cut into rollups, and over a restart', () => {
    const events = [closed(t0, { customerId: 'c1' }), closed(t0 + 3 * hourMs, { customerId: 'c1' })];
    const silent = [1, 9, 30, 400].map((days) => closed(t0 + days * dayMs, { channel: 'voice' }));
    const one = new Pair();
    one.idle(1);
    one.tell(0, ...events, ...silent);
    const other = new Pair();
    other.idle(1);
    other.tell(0, ...events);
    for (const event of silent) {
      other.b.restart();
      other.tell(0, event);
    }
    expect(other.b.shown.days).toEqual(one.b.shown.days);
    expect(other.b.shown.rates).toEqual(one.b.shown.rates);
  });

  test('in which one source is far ahead of one that was never seen piles up, and is worked off', () => {
    const pair = new Pair();
    // More minutes than a function takes arguments.
    pair.tellAll(
      0,
      Array.from({ length: 150_000 }, (_, i) => closed(t0 + i * minuteMs)),
    );
    expect(pair.asOf).toBeNull();
    pair.idle(0);
    pair.idle(1);
    // 28 days in whole hours, and the running one.
    expect([pair.asOf, pair.volume()]).toEqual([at(150_000), 40_320 + 60]);
  });
});
