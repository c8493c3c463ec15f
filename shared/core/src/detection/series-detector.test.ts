import { describe, expect, it } from 'vitest';
import { Fleet } from './fleet.ts';
import { seededRandom } from './random.fixture.ts';
import { SeriesDetector } from './series-detector.ts';

const hour = 1 / 24;
const perHour = 80;
const p0 = 0.15;

/** Binomial by counting; enough for a test. */
const draw = (random: () => number, n: number, p: number): number => {
  let k = 0;
  for (let i = 0; i < n; i++) if (random() < p) k++;
  return k;
};

function feed(detector: SeriesDetector, fleet: Fleet, from: number, days: number, p: number, seed: number) {
  const random = seededRandom(seed);
  for (let at = from; at < from + days - 1e-9; at += hour) {
    detector.addCounts(draw(random, perHour, p), perHour, p0);
    detector.step(at, fleet.inflow('s', hour));
  }
}

const fleet = new Fleet(2);
for (let i = 0; i < 99; i++) fleet.set(`other-${i}`);
fleet.set('s');

describe('the detector of a series', () => {
  it('finds a rise of three points within days, dates it and sizes it up', () => {
    const detector = new SeriesDetector();
    feed(detector, fleet, 100, 20, p0, 1);
    expect(detector.level(fleet.threshold)).toBe('quiet');
    feed(detector, fleet, 120, 3, 0.18, 2);
    expect(detector.level(fleet.threshold)).toMatch(/warning|critical/);
    const onset = detector.onset()!;
    expect(onset.lower).toBeLessThanOrEqual(120);
    expect(onset.upper).toBeGreaterThanOrEqual(120);
    const { value, baseline, oddsRatio, n } = detector.effect();
    expect(baseline).toBeCloseTo(0.15, 10);
    expect(value.lower).toBeLessThan(0.18);
    expect(value.lower).toBeGreaterThan(0.15);
    expect(value.upper).toBeGreaterThan(0.18);
    expect(oddsRatio.value).toBeGreaterThan(1.1);
    expect(n % perHour).toBe(0);
  });

  it('finds an improvement in the other direction', () => {
    const detector = new SeriesDetector('better');
    feed(detector, fleet, 0, 3, 0.11, 3);
    const { value, oddsRatio } = detector.effect();
    expect(detector.level(fleet.threshold)).toMatch(/warning|critical/);
    expect(value.lower).toBeLessThan(0.11);
    expect(value.upper).toBeLessThan(0.15);
    expect(oddsRatio.upper).toBeLessThan(1);
  });

  it('gathers evidence for recovery only once the rate is back, and then within weeks', () => {
    const detector = new SeriesDetector();
    feed(detector, fleet, 0, 4, 0.2, 4);
    expect(detector.recoveryDays()).toBe(0);
    detector.watchRecovery();
    feed(detector, fleet, 4, 20, 0.2, 5);
    expect(detector.recoveryDays()).toBeLessThan(30);
    feed(detector, fleet, 24, 15, p0, 6);
    expect(detector.recoveryDays()).toBeGreaterThan(30);
    detector.reset();
    expect(detector.installationDays()).toBe(0);
    expect(detector.level(fleet.threshold)).toBe('quiet');
    expect(detector.watchesRecovery).toBe(false);
  });

  it('waits while a signal is gone: no evidence is lost, and none counts as good news', () => {
    const detector = new SeriesDetector();
    feed(detector, fleet, 0, 4, 0.2, 7);
    detector.watchRecovery();
    const [evidence, recovery] = [detector.installationDays(), detector.recoveryDays()];
    detector.step(60, fleet.inflow('s', 56));
    expect([detector.installationDays(), detector.recoveryDays()]).toEqual([evidence, recovery]);
  });

  it('works with one event a week and with a million a minute', () => {
    const rare = new SeriesDetector();
    for (let week = 0; week < 20; week++) {
      rare.addCounts(1, 1, 0.1);
      rare.step(7 * week, fleet.inflow('s', 7));
    }
    expect(rare.level(fleet.threshold)).toMatch(/warning|critical/);
    const busy = new SeriesDetector();
    for (let minute = 0; minute < 60; minute++) {
      busy.addCounts(109_000, 1_000_000, 0.1);
      busy.step(minute / 1440, fleet.inflow('s', 1 / 1440));
    }
    expect(busy.level(fleet.threshold)).toBe('critical');
    expect(busy.effect().value.value).toBeCloseTo(0.109, 3);
    expect(Number.isFinite(busy.installationDays())).toBe(true);
  });

  it('says nothing of a series that was never seen', () => {
    const detector = new SeriesDetector();
    expect(detector.level(fleet.threshold)).toBe('quiet');
    expect(detector.onset()).toBeNull();
    expect(detector.effect().value.value).toBeNaN();
  });

  it('is slower to accuse while its baseline is thin', () => {
    const bold = new SeriesDetector();
    const guarded = new SeriesDetector();
    guarded.configure({ phi: 1, spread: 1, guard: 0.05 });
    feed(bold, fleet, 0, 3, 0.17, 8);
    feed(guarded, fleet, 0, 3, 0.17, 8);
    expect(guarded.installationDays()).toBeLessThan(bold.installationDays());
  });

  it('goes on after a restart as if nothing had happened', () => {
    const detector = new SeriesDetector();
    feed(detector, fleet, 0, 4, 0.2, 9);
    detector.watchRecovery();
    feed(detector, fleet, 4, 1, p0, 10);
    const restarted = new SeriesDetector().decode(detector.encode());
    feed(detector, fleet, 5, 1, p0, 11);
    feed(restarted, fleet, 5, 1, p0, 11);
    expect(restarted.encode()).toEqual(detector.encode());
  });
});
