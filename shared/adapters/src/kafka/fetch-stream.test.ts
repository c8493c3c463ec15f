import { expect, it } from 'vitest';
import { FetchStream } from './fetch-stream.ts';

const opened = () =>
  new FetchStream({
    source: { topic: 'interactions', partition: 3 },
    topic: 'seam.interactions',
    offset: 13_545,
    maxWaitMs: 250,
    changed() {},
    arrived() {},
  });

it('takes a log for lost only when answers have said for half a minute that it ends before what was read', () => {
  const stream = opened();
  expect([0, 100, 29_999, 30_000].map((ms) => stream.isBeyondEnd(ms))).toEqual([false, false, false, true]);
});

it('forgets what a broker said that had been frozen, once the present leader answers', () => {
  const stream = opened();
  expect(stream.isBeyondEnd(0)).toBe(false);
  stream.deliver([], 13_545, 13_545);
  expect(stream.isBeyondEnd(31_000)).toBe(false);
});
