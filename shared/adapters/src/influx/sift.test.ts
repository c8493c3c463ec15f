import { expect, test } from 'vitest';
import { type Line, sift } from './sift.ts';

const line = (n: number): Line => ({
  point: { measurement: 'seam_rate', tags: {}, fields: { n }, timeMs: n },
  text: `seam_rate n=${n}i ${n}`,
});
const batch = [1, 2, 3, 4].map(line);
const refusal = (reason: string, dropped = 0) => ({ kind: 'refused', reason, dropped }) as const;

test('a line that InfluxDB names is refused with its reason, and the rest is sent again', () => {
  const message = `unable to parse '${batch[1]?.text}': bad timestamp\nunable to parse '${batch[3]?.text}': bad number`;
  const { refused, again } = sift(batch, refusal(message));
  expect(refused.map(({ point, reason }) => [point.timeMs, reason])).toEqual([
    [2, 'bad timestamp'],
    [4, 'bad number'],
  ]);
  expect(again).toEqual([[batch[0], batch[2]]]);
});

test('a batch of which only some points were dropped is halved, in its order', () => {
  expect(sift(batch, refusal('partial write: field type conflict dropped=1', 1))).toEqual({
    refused: [],
    again: [batch.slice(0, 2), batch.slice(2)],
  });
});

test('a batch that was dropped as a whole is refused at once, without halving', () => {
  const { refused, again } = sift(
    batch,
    refusal('failure writing points to database: partial write: field type conflict dropped=4', 4),
  );
  expect(refused.map(({ reason }) => reason)).toEqual(Array(4).fill('field type conflict'));
  expect(again).toEqual([]);
});

test('points older than the retention of the bucket are refused with that reason', () => {
  const message =
    'failure writing points to database: partial write: dropped 4 points outside retention policy of duration 840h0m0s - oldest x, newest y dropped=4';
  expect(sift(batch, refusal(message, 4)).refused[0]?.reason).toBe('older than the bucket keeps (840h0m0s)');
});

test('a refused point that stands alone is refused whatever the message', () => {
  expect(sift(batch.slice(0, 1), refusal('something new')).refused).toEqual([
    { point: batch[0]?.point, reason: 'something new' },
  ]);
});
