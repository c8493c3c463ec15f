import { describe, expect, it } from 'vitest';
import { wilson } from './proportion.ts';

describe("Wilson's interval of a share", () => {
  it('agrees with a statistics package', () => {
    const { value, lower, upper } = wilson(15, 100);
    expect(value).toBe(0.15);
    expect(lower).toBeCloseTo(0.0930598528, 9);
    expect(upper).toBeCloseTo(0.2328355959, 9);
  });

  it('reaches exactly 0 or 1 only where all answers agree, and still has width there', () => {
    expect(wilson(0, 20).lower).toBe(0);
    expect(wilson(0, 20).upper).toBeCloseTo(0.1611, 4);
    expect(wilson(20, 20).upper).toBe(1);
    expect(wilson(20, 20).lower).toBeCloseTo(0.8389, 4);
  });

  it('is no number at all without observations', () => {
    expect(wilson(0, 0)).toEqual({ value: Number.NaN, lower: Number.NaN, upper: Number.NaN });
  });
});
