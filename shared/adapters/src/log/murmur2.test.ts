import { expect, test } from 'vitest';
import { murmur2, partitionOf } from './murmur2.ts';

test("hashes as the Java client's own test expects", () => {
  const known: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [key, hash] of known) expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('a null key goes to partition 0', () => {
  expect(partitionOf(null, 12)).toBe(0);
});
