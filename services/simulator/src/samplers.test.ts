import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, RandomStream } from './random.ts';
import {
  correlated,
  cumulative,
  exponential,
  happens,
  logNormal,
  logNormalBelow,
  normal,
  normalCdf,
  normalQuantile,
  pick,
  withOdds,
} from './samplers.ts';

const n = 100_000;
const stream = (seed: number) => new RandomStream().open(keyOf(seed, 1), 'experience');
const sample = (draw: () => number) => Array.from({ length: n }, draw);
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const quantile = (xs: readonly number[], p: number) =>
  xs.toSorted((a, b) => a - b)[Math.floor(p * xs.length)]!;

test('the normal distribution and its inverse agree with the tables and with each other', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 8);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306, 7);
  expect(normalCdf(1)).toBeCloseTo(0.8413447461, 6);
  expect(normalQuantile(0)).toBe(-Infinity);
  expect(normalQuantile(1)).toBe(Infinity);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (p) => {
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-6);
    }),
  );
});

test('normal numbers have the normal distribution', () => {
  const random = stream(1);
  const counts = new Array<number>(50).fill(0);
  for (let i = 0; i < n; i++) counts[Math.min(49, Math.floor(normalCdf(normal(random)) * 50))]!++;
  const chiSquare = counts.reduce((sum, k) => sum + (k - n / 50) ** 2 / (n / 50), 0);
  // 99.9 % of a chi-square with 49 degrees of freedom.
  expect(chiSquare).toBeLessThan(85.4);
});

test('correlated numbers stay standard normal and have the wanted correlation', () => {
  const random = stream(2);
  const pairs = Array.from({ length: n }, () => {
    const factor = normal(random);
    return [factor, correlated(random, factor, 0.6)] as const;
  });
  expect(mean(pairs.map(([a, b]) => a * b))).toBeCloseTo(0.6, 1);
  expect(Math.abs(mean(pairs.map(([, b]) => b)))).toBeLessThan(0.013);
  expect(mean(pairs.map(([, b]) => b * b))).toBeCloseTo(1, 1);
});

test('an event happens with its probability, whatever it is correlated with', () => {
  const random = stream(3);
  for (const p of [0, 0.02, 0.15, 0.8, 1]) {
    const share = mean(sample(() => Number(happens(p, correlated(random, normal(random), -0.5)))));
    expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n));
  }
});

test('waiting times have their mean, medians and tails', () => {
  const random = stream(4);
  const gaps = sample(() => exponential(random));
  expect(mean(gaps)).toBeCloseTo(1, 1);
  expect(quantile(gaps, 0.9)).toBeCloseTo(Math.log(10), 1);
  const waits = sample(() => logNormal(60, 0.9, normal(random)));
  expect(quantile(waits, 0.5) / 60).toBeCloseTo(1, 1);
  expect(quantile(waits, 0.9) / (60 * Math.exp(0.9 * 1.281552))).toBeCloseTo(1, 1);
});

test('a cut lognormal stays below its limit and keeps its shape there', () => {
  const random = stream(5);
  const cut = sample(() => logNormalBelow(random, 3, 1.6, 20));
  expect(Math.max(...cut.slice(0, 50_000))).toBeLessThanOrEqual(20);
  const below = normalCdf(Math.log(20 / 3) / 1.6);
  const share = cut.filter((x) => x <= 3).length / n;
  expect(Math.abs(share - 0.5 / below)).toBeLessThan(0.007);
});

test('weights are picked in proportion, and a weight of zero never', () => {
  const random = stream(6);
  const weights = [3, 0, 1, 6];
  const counts = [0, 0, 0, 0];
  const sums = cumulative(weights);
  for (let i = 0; i < n; i++) counts[pick(sums, random.uniform())]!++;
  expect(counts[1]).toBe(0);
  counts.forEach((k, i) => {
    expect(Math.abs(k / n - weights[i]! / 10)).toBeLessThan(0.007);
  });
});

test('multiplying odds is undone by dividing them, and keeps 0 and 1', () => {
  expect(withOdds(0, 3)).toBe(0);
  expect(withOdds(1, 3)).toBe(1);
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (p, odds) => {
        expect(withOdds(withOdds(p, odds), 1 / odds)).toBeCloseTo(p, 10);
      },
    ),
  );
});
