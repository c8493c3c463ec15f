import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile, z95 } from './normal.ts';

describe('the standard normal distribution', () => {
  // Reference values to 15 digits: Abramowitz and Stegun, table 26.1 and mpmath.
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [1.959963984540054, 0.975],
    [-3, 0.00134989803163009],
    [-6, 9.86587645037698e-10],
    [-10, 7.61985302416053e-24],
  ])('has cdf(%d) = %d to 1e-12', (z, p) => {
    expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12);
  });

  it('inverts its own cdf to 1e-9 from the far left tail to the far right', () => {
    for (let z = -8; z <= 5.5; z += 0.01) {
      expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(z > 3 ? 1e-9 : 1e-12);
    }
    expect(normalQuantile(0.975)).toBeCloseTo(z95, 14);
  });

  it('has quantiles −∞ and ∞ at 0 and 1, and none outside', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(normalQuantile(1.2)).toBeNaN();
  });
});
