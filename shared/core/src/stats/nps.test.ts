import { describe, expect, it } from 'vitest';
import { npsCounts, npsEstimate, npsWelch } from './nps.ts';
import { studentCdf } from './student-t.ts';

describe('NPS', () => {
  it('is the share of 9–10 minus the share of 0–6 with the standard deviation of one answer', () => {
    const week = npsCounts([6, 0, 0, 0, 40, 100, 100, 150, 164, 300, 260]);
    expect(week).toEqual({ promoters: 560, passives: 314, detractors: 246 });
    const { value, sd, se, lower, upper, n } = npsEstimate(week);
    expect(n).toBe(1120);
    expect(value).toBeCloseTo(28.0357142857, 9);
    expect(sd).toBeCloseTo(80.0651440760483, 10);
    expect([se, lower, upper].map((x) => x.toFixed(6))).toEqual(['2.392404', '23.346689', '32.724740']);
  });

  it('has zero width, not an error, where everybody answers alike', () => {
    expect(npsEstimate({ promoters: 30, passives: 0, detractors: 0 })).toMatchObject({ value: 100, se: 0 });
  });

  it('is no number at all without answers', () => {
    expect(npsEstimate({ promoters: 0, passives: 0, detractors: 0 }).value).toBeNaN();
  });

  it("compares two weeks by Welch's test", () => {
    const { t, df, p } = npsWelch(
      { promoters: 560, passives: 314, detractors: 246 },
      { promoters: 520, passives: 330, detractors: 280 },
    );
    expect(Math.abs(t / 1.995612277915847 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(df / 2247.8620813550974 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(p / 0.04609662864165205 - 1)).toBeLessThan(1e-9);
  });
});

describe("Student's t", () => {
  it('has the quantiles of the tables', () => {
    expect(studentCdf(12.706204736, 1)).toBeCloseTo(0.975, 9);
    expect(studentCdf(-2.570581836, 5)).toBeCloseTo(0.025, 9);
    expect(studentCdf(1.95996398, 1e7)).toBeCloseTo(0.975, 6);
  });
});
