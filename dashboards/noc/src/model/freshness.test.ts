import { expect, test } from 'vitest';
import { aConnection } from './build.ts';
import { freshness, graceMs, standingAfterMs } from './freshness.ts';

const kind = (connection: Partial<Parameters<typeof aConnection>[0]>, rest = {}) =>
  freshness({ connection: aConnection(connection), movedAt: 100_000, quiet: false, now: 100_000, ...rest });

test('a live page is fresh', () => {
  expect(kind({ lastFrameAt: 99_000 })).toEqual({ kind: 'fresh' });
});

test('silence makes it stale, counted from the last frame', () => {
  expect(kind({ state: 'stale', lastFrameAt: 60_000 })).toEqual({ kind: 'stale', since: 60_000 });
});

test('a restart of the server is forgiven for a moment, then the page is stale though it tries again', () => {
  const lost = { state: 'disconnected', lastFrameAt: 90_000, liveEndedAt: 95_001 } as const;
  expect(kind(lost)).toEqual({ kind: 'fresh' });
  expect(kind({ ...lost, state: 'connecting' }, { now: 95_001 + graceMs })).toEqual({
    kind: 'stale',
    since: 90_000,
  });
});

test('a page that never heard anything says so', () => {
  expect(kind({ state: 'connecting', since: 99_000, lastFrameAt: null })).toEqual({ kind: 'fresh' });
  expect(kind({ state: 'connecting', since: 90_000, lastFrameAt: null })).toEqual({
    kind: 'no_connection',
    since: 90_000,
  });
});

test('data that stand still are stale too, unless every source is quiet', () => {
  const now = 100_000 + standingAfterMs;
  expect(kind({ lastFrameAt: now }, { now })).toEqual({ kind: 'standing', since: 100_000 });
  expect(kind({ lastFrameAt: now }, { now, quiet: true })).toEqual({ kind: 'fresh' });
  expect(kind({ lastFrameAt: now }, { now, movedAt: null })).toEqual({ kind: 'fresh' });
});
