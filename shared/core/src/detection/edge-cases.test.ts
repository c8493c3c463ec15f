import { describe, expect, it } from 'vitest';
import { learnBaseline } from './baseline.ts';
import { Fleet } from './fleet.ts';
import { BaselineHistory } from './history.ts';
import { SeriesDetector } from './series-detector.ts';

const fleet = new Fleet(2);
for (let i = 0; i < 100; i++) fleet.set(`s${i}`);
const everyHour = fleet.inflow('s0', 1 / 24);

describe('what real streams do to detectors', () => {
  it('answers that never vary are learned, and one that differs is no alarm', () => {
    const history = new BaselineHistory();
    for (let day = 0; day < 60; day++) history.add(history.stratum('ai|a'), day, day % 168, 200, 0, 0);
    const baseline = learnBaseline(history, { today: 67, scale: 4 });
    const m0 = baseline.probability(baseline.logit('ai|a'), 0);
    expect(m0).toBeLessThan(0.001);
    const detector = new SeriesDetector();
    detector.configure({ phi: 1, spread: baseline.spread, guard: 0 });
    for (let hour = 0; hour < 240; hour++) {
      detector.addScores([0, 0, 0, hour === 100 ? 1 : 0, 9], 0, 5, m0);
      detector.step(hour / 24, everyHour);
      expect(detector.level(fleet.threshold)).toBe('quiet');
    }
  });

  it.each([
    ['never happens', 0, 0],
    ['always happens', 1, 40],
  ])('what %s stays quiet while it stays so', (_, p0, k) => {
    const detector = new SeriesDetector();
    for (let hour = 0; hour < 2_400; hour++) {
      detector.addCounts(k, 40, p0);
      detector.step(hour / 24, everyHour);
    }
    expect(detector.level(fleet.threshold)).toBe('quiet');
    expect(Number.isFinite(detector.installationDays())).toBe(true);
  });

  it('what was thought never to happen, and then does, is found at once', () => {
    const detector = new SeriesDetector();
    for (let hour = 0; hour < 24; hour++) {
      detector.addCounts(hour >= 20 ? 4 : 0, 40, 0);
      detector.step(hour / 24, everyHour);
    }
    expect(detector.level(fleet.threshold)).toBe('critical');
    expect(detector.onset()!.at * 24).toBeGreaterThan(18);
  });

  it('a series that was silent for weeks goes on where it was, one day later at most', () => {
    const detector = new SeriesDetector();
    const step = (day: number, k: number) => {
      detector.addCounts(k, 100, 0.1);
      detector.step(day, fleet.inflow('s0', day - detector.time));
    };
    step(1, 10);
    const before = detector.installationDays();
    step(60, 10);
    expect(detector.installationDays()).toBeLessThan(before + fleet.share('s0') * 1.1);
  });

  it('a clock that jumps back adds nothing, and one that jumps a century ahead no more than a day', () => {
    const detector = new SeriesDetector();
    const step = (day: number) => {
      detector.addCounts(10, 100, 0.1);
      detector.step(day, fleet.inflow('s0', day - detector.time));
      return detector.installationDays();
    };
    step(100);
    const [back, ahead] = [step(40), step(36_600)];
    expect(back).toBeLessThan(2 * fleet.share('s0'));
    expect(ahead).toBeLessThan(3 * fleet.share('s0'));
    expect(detector.level(fleet.threshold)).toBe('quiet');
  });
});
