import { describe, expect, it } from 'vitest';
import { productLimit } from './product-limit.ts';

describe('the product-limit estimate', () => {
  it('is the plain share where every age has the same survivors', () => {
    const { value, se } = productLimit([1000, 950, 930], [50, 20, 30]);
    expect(value).toBeCloseTo(0.1, 14);
    expect(se).toBeCloseTo(Math.sqrt((0.1 * 0.9) / 1000), 14);
  });

  it('does not read young cohorts as satisfied: the naive share is biased, this is not', () => {
    // Hazard 2 % a day; cohorts of 10,000 on each of seven days, so age a is known for 7 − a cohorts.
    const hazard = 0.02;
    const atRisk = Array.from({ length: 7 }, (_, a) => 10_000 * (7 - a) * (1 - hazard) ** a);
    const events = atRisk.map((r) => r * hazard);
    const truth = 1 - (1 - hazard) ** 7;
    expect(productLimit(atRisk, events).value).toBeCloseTo(truth, 12);
    expect(events.reduce((a, b) => a + b) / 70_000).toBeLessThan(truth - 0.04);
  });

  it('agrees with a reference to 1e-12 on censored data', () => {
    const { value, se } = productLimit([10, 8, 5], [1, 2, 1]);
    expect(value).toBeCloseTo(1 - 0.9 * 0.75 * 0.8, 14);
    expect(se).toBeCloseTo(0.54 * Math.sqrt(1 / 90 + 2 / 48 + 1 / 20), 14);
  });

  it('is no number while an age has nobody at risk', () => {
    const estimate = productLimit([100, 0], [3, 0]);
    expect(estimate.value).toBeNaN();
    expect(estimate.leastAtRisk).toBe(0);
  });

  it('keeps an upper limit above zero where nobody came back', () => {
    const estimate = productLimit([400, 200], [0, 0]);
    expect(estimate.value).toBe(0);
    expect(estimate.upper).toBeCloseTo(0.0188, 4);
  });

  it('is one, without an error, where everybody came back', () => {
    expect(productLimit([5], [5])).toMatchObject({ value: 1, se: 0, upper: 1 });
  });
});
