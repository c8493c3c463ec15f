import { describe, expect, it } from 'vitest';
import { Fleet } from './fleet.ts';
import { levelOf } from './levels.ts';

const fleetOf = (names: readonly string[], budget = 2) => {
  const fleet = new Fleet(budget);
  for (const name of names) fleet.set(name);
  return fleet;
};

describe('the budget of a fleet', () => {
  it('gives N equal series a threshold of 30·N/budget days of their own', () => {
    const fleet = fleetOf(Array.from({ length: 400 }, (_, i) => `s${i}`));
    expect(fleet.threshold).toBe(15);
    expect(fleet.seriesDays('s7', fleet.threshold)).toBeCloseTo((30 * 400) / 2, 9);
  });

  it('hands out exactly the time that passes', () => {
    const fleet = new Fleet(2);
    fleet.set('a', 3);
    fleet.set('b', 1);
    fleet.set('improvement', 0);
    expect(fleet.inflow('a', 0.5) + fleet.inflow('b', 0.5)).toBeCloseTo(0.5, 12);
    expect(fleet.inflow('a', 0.5)).toBeCloseTo(3 * fleet.inflow('b', 0.5), 12);
    expect(fleet.inflow('improvement', 0.5)).toBe(fleet.inflow('b', 0.5));
  });

  it('does not bring past evidence nearer to its threshold when other series go', () => {
    const fleet = fleetOf(['a', 'b', 'c']);
    const evidence = 14;
    const before = evidence / fleet.threshold;
    fleet.delete('b');
    fleet.delete('c');
    expect(evidence / fleet.threshold).toBe(before);
    expect(fleet.share('a')).toBe(1);
  });

  it('does not depend on the order in which series come', () => {
    const weights = [0.1, 0.7, 1e-9, 3, 0.3];
    const forwards = new Fleet(2);
    weights.forEach((w, i) => {
      forwards.set(`s${i}`, w);
    });
    const backwards = new Fleet(2);
    for (let i = weights.length - 1; i >= 0; i--) backwards.set(`s${i}`, weights[i]!);
    expect(backwards.share('s0')).toBe(forwards.share('s0'));
  });

  it('counts no time when the clock jumps back, and one day at most when it jumps ahead', () => {
    const fleet = fleetOf(['a', 'b']);
    expect(fleet.inflow('a', -3)).toBe(0);
    expect(fleet.inflow('a', 400)).toBe(0.5);
  });

  it('refuses a budget of nothing', () => {
    expect(() => new Fleet(0)).toThrow(RangeError);
    expect(() => new Fleet(2).set('a', -1)).toThrow(RangeError);
  });
});

describe('levels', () => {
  it('are watch at a tenth of the threshold, warning at it, critical at ten times', () => {
    const levels = [1, 1.5, 15, 150].map((days) => levelOf(days, 15, 5));
    expect(levels).toEqual(['quiet', 'watch', 'warning', 'critical']);
  });

  it('are never reached by the calendar alone', () => {
    expect(levelOf(1e9, 15, 1)).toBe('quiet');
  });
});
