import { expect, test } from 'vitest';
import { ExpectedRate } from './expected-rate.ts';

test('hazards of unequal weight multiply over ages', () => {
  const rate = new ExpectedRate(2);
  rate.add(1_000, 0.1, 0);
  expect(rate.value).toBeNull();
  rate.add(10, 0.02, 1);
  expect(rate.value).toBeCloseTo(1 - 0.9 * 0.98, 12);
});

test('a share is the mean of what was expected, and newer weeks count for more', () => {
  const rate = new ExpectedRate(1);
  rate.add(100, 0.2);
  rate.fade();
  rate.add(50, 0.4);
  expect(rate.value).toBeCloseTo(0.3, 12);
  const restored = new ExpectedRate(1);
  restored.restore(JSON.parse(JSON.stringify(rate)));
  expect(restored.value).toBe(rate.value);
});
