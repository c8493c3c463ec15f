import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sketch, sketchBin, sketchBins, sketchQuantile } from './quantile-sketch.ts';

test('every quantile is within one percent of the true one, for any waits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 101, max: sketch.ceilingMs }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (waits, q) => {
        const counts = new Int32Array(sketchBins);
        for (const wait of waits) counts[sketchBin(wait)]!++;
        const exact = waits.toSorted((a, b) => a - b)[Math.floor(q * (waits.length - 1))]!;
        const estimate = sketchQuantile(counts, 0, q)!;
        expect(Math.abs(estimate / exact - 1)).toBeLessThanOrEqual(sketch.relativeError * 1.0001);
      },
    ),
  );
});

test('no waits give no quantile, and instant answers give zero', () => {
  const counts = new Int32Array(sketchBins);
  expect(sketchQuantile(counts, 0, 0.5)).toBeNull();
  counts[sketchBin(0)]!++;
  expect(sketchQuantile(counts, 0, 0.99)).toBe(0);
});
