import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timed } from './run-file.ts';
import { TimeSorter } from './time-sorter.ts';

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`seamwatch-replay-`)).length;

const timed = (timeMs: number, place: number): Timed => ({
  timeMs,
  record: {
    topic: place % 3 === 0 ? 'surveys' : 'interactions',
    key: place % 5 === 0 ? null : `k-${place}`,
    value: Buffer.from(`value ${place} `.repeat(place % 7)),
    ...(place % 4 === 0 && { headers: { 'seam-offset': String(place) } }),
  },
});
const plain = ({ timeMs, record }: Timed) => ({ timeMs, ...record, value: String(record.value) });

function sortedBy(memoryBytes: number, input: readonly Timed[]): Timed[] {
  const sorter = new TimeSorter(memoryBytes);
  try {
    for (const item of input) sorter.add(item);
    return [...sorter.sorted()].map((item) => ({ ...item }));
  } finally {
    sorter.close();
  }
}

describe('sorting by event time', () => {
  it('gives the same through files as in memory, and keeps the order of equal times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 50 }), { maxLength: 300 }), (times) => {
        const input = times.map(timed);
        const right = input.toSorted((a, b) => a.timeMs - b.timeMs).map(plain);
        for (const memoryBytes of [1, 2_000, 1e9])
          expect(sortedBy(memoryBytes, input).map(plain)).toEqual(right);
      }),
      { numRuns: 30 },
    );
  });

  it('merges more runs than it may open at once, and leaves nothing behind', () => {
    const before = folders();
    const input = Array.from({ length: 200 }, (_, i) => timed((i * 7_919) % 1_009, i));
    const right = input.toSorted((a, b) => a.timeMs - b.timeMs).map(plain);
    expect(sortedBy(1, input).map(plain)).toEqual(right);
    expect(folders()).toBe(before);
  });

  it('reads records longer than its buffer', () => {
    const long = {
      timeMs: 1,
      record: { topic: 'interactions', key: 'a', value: Buffer.alloc(3_000_000, 'x') },
    } as const;
    const [first, second] = sortedBy(1, [long, timed(0, 1)]);
    expect(first!.timeMs).toBe(0);
    expect(second!.record.value).toHaveLength(3_000_000);
  });
});
