import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { type Counts, Tally } from './tally.ts';

const counters = 7;
const steps = fc.array(
  fc.record({
    place: fc.nat(3),
    sign: fc.constantFrom(1, -1),
    counts: fc.array(fc.tuple(fc.nat(counters - 1), fc.integer({ min: -2, max: 2 })), { maxLength: 5 }),
  }),
  { maxLength: 12 },
);

const bytesOf = (tally: Tally) => {
  const to = new ByteWriter();
  tally.encode(to);
  return to.finish();
};

/** Sums that are not 0, by place and counter. */
function told(tally: Tally): Map<string, number> {
  const sums = new Map<string, number>();
  tally.each((place, counts: Counts) => {
    for (let i = 0; i < counts.length; i += 2)
      if (counts[i + 1] !== 0) sums.set(`${place}.${counts[i]}`, counts[i + 1]!);
  });
  return sums;
}

test('adds up by place and counter; its bytes depend on the sums alone, and give them back', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const tally = new Tally(counters);
      const right = new Map<string, number>();
      for (const { place, sign, counts } of history) {
        if (sign === 1) tally.add(place, counts.flat());
        else tally.subtract(place, counts.flat());
        for (const [counter, delta] of counts) {
          const key = `${place}.${counter}`;
          right.set(key, (right.get(key) ?? 0) + sign * delta);
        }
      }
      for (const [key, sum] of right) if (sum === 0) right.delete(key);
      expect(told(tally)).toEqual(right);
      const other = new Tally(counters);
      for (const [key, sum] of [...right].reverse()) {
        const [place, counter] = key.split('.').map(Number) as [number, number];
        other.add(place, [counter, sum]);
      }
      expect(bytesOf(other)).toEqual(bytesOf(tally));
      expect(told(new Tally(counters).decode(new ByteReader(bytesOf(tally))))).toEqual(right);
    }),
  );
});
