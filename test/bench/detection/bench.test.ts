import { describe, expect, it } from 'vitest';
import { adwin } from './competitors/adwin.ts';
import { cusum, ewma, fixedWindow, pageHinkley } from './competitors/detectors.ts';
import { row } from './goal.ts';
import { goals } from './goals.ts';
import { Random } from './random.ts';
import { meanOf, median } from './summary.ts';

describe('the benchmark of detection', () => {
  it('passes a figure within its bounds and fails one outside, wider in the quick form', () => {
    const measured = { value: 1.25, se: 0.05 };
    expect(row('2', 'delay', measured, { max: 1.2 }, 'full')).toMatchObject({ pass: false, goal: '≤ 1.2' });
    expect(row('2', 'delay', measured, { max: 1.2 }, 'quick').pass).toBe(true);
    expect(row('2', 'delay', { value: 1.4, se: 0.05 }, { max: 1.2 }, 'quick').pass).toBe(false);
    expect(row('1', 'length', measured, { min: 1, max: 1.3 }, 'full')).toMatchObject({ goal: '1 … 1.3' });
    expect(row('x', 'none', { value: Number.NaN, se: 0 }, { max: 1 }, 'full').pass).toBe(false);
  });

  it('cuts every goal into tasks that are plain data', () => {
    for (const goal of goals) {
      for (const mode of ['quick', 'full'] as const) {
        const tasks = goal.tasks(mode);
        expect(tasks.length).toBeGreaterThan(0);
        expect(structuredClone(tasks)).toEqual(tasks);
      }
    }
  });

  it('draws from the distributions that it names', () => {
    const random = new Random(1);
    const draw = (f: () => number) => Array.from({ length: 20_000 }, f);
    const check = (values: number[], mean: number, variance: number) => {
      const found = meanOf(values);
      expect(Math.abs(found.value - mean)).toBeLessThan(5 * Math.sqrt(variance / values.length));
      expect((found.se * Math.sqrt(values.length)) ** 2 / variance).toBeCloseTo(1, 0);
    };
    check(
      draw(() => random.binomial(1_200, 0.3)),
      360,
      252,
    );
    check(
      draw(() => random.poisson(340)),
      340,
      340,
    );
    check(
      draw(() => random.beta(0.15, 0.01)),
      0.15,
      0.0001,
    );
    check(
      draw(() => random.normal()),
      0,
      1,
    );
    expect(draw(() => random.pick([0.2, 0.8])).filter((i) => i === 1).length).toBeGreaterThan(15_500);
  });

  it('takes the median with an error that shrinks with the sample', () => {
    const few = median(Array.from({ length: 101 }, (_, i) => i));
    const many = median(Array.from({ length: 10_001 }, (_, i) => i / 100));
    expect([few.value, many.value]).toEqual([50, 50]);
    expect(many.se).toBeLessThan(few.se / 5);
  });

  it.each([
    ['a fixed window', () => fixedWindow(0.1, 3)],
    ['EWMA', () => ewma(0.1, 3)],
    ['Page–Hinkley', () => pageHinkley(50)],
    ['ADWIN', () => adwin(0.002)],
    ['CUSUM', () => cusum(0.1, 0.2, 8)],
  ])('has in %s a competitor that finds a large rise, and is quiet before it', (_, make) => {
    const random = new Random(3);
    const competitor = make();
    const step = (p: number) => competitor.step(random.uniform() < p ? 1 : 0);
    for (let i = 0; i < 16_000; i++) expect(step(0.1)).toBe(false);
    let delay = 0;
    while (!step(0.2) && delay < 10_000) delay++;
    expect(delay).toBeLessThan(8_000);
  });
});
