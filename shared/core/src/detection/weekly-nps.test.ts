import { describe, expect, it } from 'vitest';
import { confirmsAlert, isDecline, weeklyNpsTest } from './weekly-nps.ts';

const week = (n: number, nps: number) => {
  const promoters = Math.round(n * (0.36 + nps / 200));
  const detractors = Math.round(n * (0.36 - nps / 200));
  return { promoters, detractors, passives: n - promoters - detractors };
};
const quiet = Array.from({ length: 13 }, () => week(1_000, 28));

describe('the weekly NPS test', () => {
  it('does not notice a fall of two points in a week of 1,000 answers, and does notice eight', () => {
    expect(weeklyNpsTest(quiet, week(1_000, 26)).rejects).toBe(false);
    const eight = weeklyNpsTest(quiet, week(1_000, 20));
    expect(eight).toMatchObject({ now: 20, rejects: true });
    expect(eight.baseline).toBeCloseTo(28, 9);
  });

  it('never rejects because NPS rose', () => {
    expect(weeklyNpsTest(quiet, week(1_000, 40)).rejects).toBe(false);
  });

  it('says nothing of a week without answers', () => {
    const none = weeklyNpsTest(quiet, week(0, 28));
    expect(none.rejects).toBe(false);
    expect(none.p).toBeNaN();
  });

  it('confirms an alert on stricter terms than it dates a decline', () => {
    const before = week(13_000, 28);
    const now = week(1_000, 22.3);
    expect(weeklyNpsTest([before], now).rejects).toBe(true);
    expect(confirmsAlert([before], [now]).rejects).toBe(false);
    expect(confirmsAlert([before], [week(6_000, 22.3)]).rejects).toBe(true);
  });

  it('asks for more before it calls a decline in one of many segments a miss', () => {
    expect(isDecline(quiet, week(1_000, 21), 1).rejects).toBe(true);
    expect(isDecline(quiet, week(1_000, 21), 200).rejects).toBe(false);
  });
});
