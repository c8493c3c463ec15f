import { expect, test } from 'vitest';
import { otherSegments, seamBoard } from './board.ts';
import { aSegment } from './build.ts';

const segments = [
  aSegment('t1', { tier: ['1'] }),
  aSegment('t1-ai-returns', { tier: ['1'], path: ['ai'], category: ['returns'] }),
  aSegment('t1-ai', { path: ['ai'], tier: ['1'] }),
  aSegment('t12-ai', { tier: ['1', '2'], path: ['ai'] }),
  aSegment('t2-human', { tier: ['2'], path: ['human'] }),
];

test('a tile is the segment of its tier and path and of nothing else', () => {
  const [one, two] = seamBoard(segments);
  expect(one?.segment?.id).toBe('t1');
  expect(one?.tiles.map((tile) => tile.segment?.id)).toEqual(['t1-ai', undefined, undefined]);
  expect(two?.segment).toBeUndefined();
  expect(two?.tiles.map((tile) => tile.segment?.id)).toEqual([undefined, undefined, 't2-human']);
});

test('what the board does not show is in the table', () => {
  expect(otherSegments(segments).map((s) => s.id)).toEqual(['t1-ai-returns', 't12-ai']);
});
