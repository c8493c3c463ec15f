import { families } from '@seamwatch/contracts/measures.ts';
import { describe, expect, it } from 'vitest';
import { carriers, compositeEvidence, Fusion, meanEvidence, severityProfiles } from './fusion.ts';
import { seededRandom } from './random.fixture.ts';
import { SeriesDetector } from './series-detector.ts';

/** Repeat contact depends on escalation: 30 % after an escalation, 12 % without. */
const repeatAfter = (escalated: boolean) => (escalated ? 0.3 : 0.12);

function day(random: () => number, n: number, escalation: number, worse: number) {
  const counts = { escalated: 0, repeatsEscalated: 0, repeatsOther: 0 };
  for (let i = 0; i < n; i++) {
    const escalated = random() < escalation;
    if (escalated) counts.escalated++;
    if (random() >= repeatAfter(escalated) * worse) continue;
    if (escalated) counts.repeatsEscalated++;
    else counts.repeatsOther++;
  }
  return counts;
}

function feed(fusion: Fusion, at: number, n: number, counts: ReturnType<typeof day>) {
  fusion.addCounts('escalation_rate', counts.escalated, n, 0.1);
  fusion.addCounts('repeat_contact', counts.repeatsEscalated, counts.escalated, repeatAfter(true));
  fusion.addCounts('repeat_contact', counts.repeatsOther, n - counts.escalated, repeatAfter(false));
  fusion.step(at, 1);
}

describe('fusion of signals', () => {
  it('by the chain rule keeps its promise although the signals depend on each other', () => {
    const random = seededRandom(1);
    const runs = 400;
    const days = 40;
    const threshold = 200;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const fusion = new Fusion();
      let alarm = false;
      for (let at = 0; at < days && !alarm; at++) {
        feed(fusion, at, 200, day(random, 200, 0.1, 1));
        alarm = fusion.installationDays() >= threshold;
      }
      if (alarm) alarms++;
    }
    expect(alarms / runs).toBeLessThan(days / threshold + 0.04);
  });

  it('is stronger than any of its signals alone when all of them move', () => {
    const random = seededRandom(2);
    const fusion = new Fusion();
    const escalation = new SeriesDetector();
    const repeat = new SeriesDetector();
    for (let at = 0; at < 6; at++) {
      const counts = day(random, 500, 0.12, 1.15);
      feed(fusion, at, 500, counts);
      escalation.addCounts(counts.escalated, 500, 0.1);
      escalation.step(at, 1);
      repeat.addCounts(counts.repeatsEscalated, counts.escalated, 0.3);
      repeat.addCounts(counts.repeatsOther, 500 - counts.escalated, 0.12);
      repeat.step(at, 1);
    }
    expect(fusion.installationDays()).toBeGreaterThan(escalation.installationDays());
    expect(fusion.installationDays()).toBeGreaterThan(repeat.installationDays());
  });

  it('does not lose one family that moves alone', () => {
    expect(compositeEvidence(0.1, [4_000, 1, 1])).toBeCloseTo((0.1 + 4_002 / 3) / 2, 9);
    expect(compositeEvidence(null, [6, 2])).toBe(4);
    expect(meanEvidence([])).toBe(0);
  });

  it('names the signals that carry it, the strongest first', () => {
    const moving = new SeriesDetector();
    moving.addCounts(40, 100, 0.1);
    moving.step(1, 1);
    const mild = new SeriesDetector();
    mild.addCounts(14, 100, 0.1);
    mild.step(1, 1);
    const still = new SeriesDetector();
    still.addCounts(2, 100, 0.1);
    still.step(1, 1);
    const found = carriers([
      ['csat', mild.evidence],
      ['nps', still.evidence],
      ['escalation_rate', moving.evidence],
    ]);
    expect(found.map(({ family }) => family)).toEqual(['escalation_rate', 'csat']);
    expect(found[0]!.part + found[1]!.part).toBeCloseTo(1, 12);
  });

  it('has eight profiles that say for every family how much worse it gets, in rising order', () => {
    for (const family of families) {
      const profile = severityProfiles[family];
      expect(profile).toHaveLength(8);
      expect(profile.every((ratio, i) => ratio > (profile[i - 1] ?? 1))).toBe(true);
    }
  });

  it('takes scores, waits without any signal, and goes on after a restart', () => {
    const fusion = new Fusion();
    fusion.configure('csat', { phi: 1, spread: 2, guard: 0 });
    fusion.addScores('csat', [9, 8, 6, 10, 12], 0, 5, 0.25);
    fusion.step(3, 1);
    const before = fusion.installationDays();
    fusion.step(9, 6);
    expect(fusion.installationDays()).toBe(before);
    expect(fusion.time).toBe(3);
    expect(new Fusion().decode(fusion.encode()).installationDays()).toBe(before);
    fusion.reset();
    expect(fusion.installationDays()).toBe(0);
  });
});
