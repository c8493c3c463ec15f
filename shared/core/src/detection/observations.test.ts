import { describe, expect, it } from 'vitest';
import { betOf, Observations } from './observations.ts';
import { oddsGrid, shiftOdds, standardGrid } from './odds.ts';

const grid = oddsGrid([1.25, 2]);

describe('observations of one step', () => {
  it('multiply the likelihood ratios of all strata', () => {
    const o = new Observations(grid);
    o.addCounts(2, 7, 0.1);
    o.addCounts(1, 3, 0.4);
    const ratio = (k: number, n: number, p: number, theta: number) => {
      const q = shiftOdds(p, theta);
      return (q / p) ** k * ((1 - q) / (1 - p)) ** (n - k);
    };
    grid.thetas.forEach((theta, i) => {
      expect(Math.exp(o.lnRatio[i]!)).toBeCloseTo(ratio(2, 7, 0.1, theta) * ratio(1, 3, 0.4, theta), 12);
    });
    expect(o).toMatchObject({ n: 10, observed: 3 });
    expect(o.expected).toBeCloseTo(1.9, 12);
  });

  it('are the same whether logarithms are cached or not', () => {
    const plain = new Observations(standardGrid);
    const cached = new Observations(standardGrid);
    plain.addCounts(4, 90, 0.07, 1.5);
    cached.addCounts(4, 90, 0.07, 1.5, cached.oddsCosts(0.07));
    expect(cached.lnRatio).toEqual(plain.lnRatio);
  });

  it('are tempered by overdispersion', () => {
    const o = new Observations(grid);
    o.addCounts(5, 20, 0.1);
    const tempered = new Observations(grid);
    tempered.addCounts(5, 20, 0.1, 4);
    expect(tempered.lnRatio[1]).toBeCloseTo(o.lnRatio[1]! / 4, 12);
  });

  it('count an improvement as a deterioration of the complement', () => {
    const better = new Observations(grid, 'better');
    better.addCounts(3, 50, 0.2);
    const worse = new Observations(grid, 'worse');
    worse.addCounts(47, 50, 0.8);
    better.lnRatio.forEach((ln, i) => {
      expect(ln).toBeCloseTo(worse.lnRatio[i]!, 12);
    });
    expect(better.lnRatio[0]).toBeGreaterThan(0);
  });

  it('use the full scale of scores, and agree with counts on a scale of two values', () => {
    const scores = new Observations(grid);
    scores.addScores([3, 7], 0, 2, 0.2);
    const counts = new Observations(grid);
    counts.addCounts(3, 10, 0.2);
    scores.lnRatio.forEach((ln, i) => {
      expect(ln).toBeCloseTo(counts.lnRatio[i]!, 12);
    });
  });

  it('bet fairly on scores: no bet gains on average while the mean is as expected', () => {
    const histogram = [5, 10, 15, 30, 40];
    const m0 = histogram.reduce((sum, count, j) => sum + (count / 100) * ((4 - j) / 4), 0);
    for (const spread of [1, 2.4, 8]) {
      for (const theta of standardGrid.thetas) {
        const lambda = betOf(theta, m0, spread);
        expect(lambda).toBeLessThan(1 / m0);
        const mean = histogram.reduce(
          (sum, count, j) => sum + (count / 100) * (1 + lambda * ((4 - j) / 4 - m0)),
          0,
        );
        expect(mean).toBeCloseTo(1, 12);
      }
    }
  });

  it('read a histogram from the middle of a row of counters', () => {
    const alone = new Observations(grid);
    alone.addScores([1, 0, 2, 5, 9], 0, 5, 0.2);
    const inRow = new Observations(grid);
    inRow.addScores(Float64Array.of(7, 7, 1, 0, 2, 5, 9, 7), 2, 5, 0.2);
    expect(inRow.lnRatio).toEqual(alone.lnRatio);
  });

  it('stay finite for baselines of 0 and 1 and for a million events at once', () => {
    const o = new Observations(standardGrid);
    o.addCounts(1, 10, 0);
    o.addCounts(9, 10, 1);
    o.addCounts(200_000, 1_000_000, 0.1);
    o.addScores([0, 0, 0, 0, 50], 0, 5, 0);
    expect([...o.lnRatio].every(Number.isFinite)).toBe(true);
  });

  it('say nothing where there was nothing', () => {
    const o = new Observations(grid);
    o.addCounts(0, 0, 0.3);
    o.addScores([0, 0, 0, 0, 0], 0, 5, 0.3);
    expect([...o.lnRatio, o.n]).toEqual([0, 0, 0]);
  });
});
