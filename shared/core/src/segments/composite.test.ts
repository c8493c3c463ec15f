import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, DayRecord } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { eventsOf, type Shares } from './events.fixture.ts';
import { StageB, tellAll } from './pipeline.fixture.ts';

const policy = policySchema.parse({ version: 1, segments: [{ each: ['path'] }] });
const fromMs = Date.parse('2026-01-05T00:00:00Z');
const declineFrom = 63;
const days = 98;

/** With a decline from day 63 on. */
function year(seed: number, perDay: number, decline?: Shares): StageB {
  const events = eventsOf({
    fromMs,
    days,
    perDay,
    seed,
    ...(decline ? { decline: { ...decline, fromMs: fromMs + declineFrom * dayMs } } : {}),
  });
  const [told] = tellAll(events, {
    policy,
    partitions: 1,
    appendedMs: () => fromMs + 200 * dayMs,
    commitAfter: (i) => i % 2_000 === 0,
  });
  const stage = new StageB({ policy, partitions: 1, ratesFrom: fromMs + 300 * dayMs });
  for (const rollup of told!) stage.apply(rollup);
  stage.commit();
  return stage;
}

const dayOf = (time: string): number => (Date.parse(time) - fromMs) / dayMs;
const opened = (stage: StageB): AlertRecord[] => stage.alerts.filter((a) => a.change === 'opened');
const evidence = (stage: StageB, segment: string, day: number) => {
  const date = new Date(fromMs + day * dayMs).toISOString().slice(0, 10);
  return (stage.days.get(`${segment}|${date}`) as DayRecord).evidence;
};

describe('a small decline of everything at once', () => {
  const stage = year(11, 200, { escalated: 0.165, repeat: 0.165, unhappy: 0.23 });
  const together = opened(stage).find((a) => a.measure === 'composite')!;

  test('is found in the segment as a whole before it is in repeat contact or escalation', () => {
    expect(together.segment).toBe('all');
    expect(dayOf(together.openedAt)).toBeGreaterThan(declineFrom);
    for (const measure of ['repeat_contact', 'escalation_rate']) {
      const alone = opened(stage).find((a) => a.measure === measure);
      expect(alone === undefined || alone.openedAt > together.openedAt).toBe(true);
    }
  });

  test('is told with the signals that carry it, the strongest first, each with its size', () => {
    const { carriers, effect, sentence } = together;
    expect(effect).toBeNull();
    expect(carriers.map((c) => c.measure)).toContain('repeat_contact');
    const parts = carriers.map((c) => c.part);
    expect(parts).toEqual(parts.toSorted((a, b) => b - a));
    expect(parts.reduce((a, b) => a + b)).toBeLessThanOrEqual(1 + 1e-9);
    const repeat = carriers.find((c) => c.measure === 'repeat_contact')!.effect;
    expect(repeat.value).toBeGreaterThan(repeat.baseline!);
    expect(sentence).toMatch(/^All interactions: several signals got worse together since about \d+ March/);
  });

  test('makes what is found afterwards in one signal part of the same alert', () => {
    const later = opened(stage).filter((a) => a.measure !== 'composite' && a.openedAt > together.openedAt);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later.map((a) => a.parent))).toEqual(new Set([together.id]));
    // And no second alert for a smaller segment as a whole.
    expect(opened(stage).filter((a) => a.measure === 'composite').length).toBe(1);
  });

  test('shows in the evidence of its days, which names the carriers', () => {
    const at = Math.floor(dayOf(together.openedAt));
    const point = evidence(stage, 'all', at).find((e) => e.measure === 'composite')!;
    expect(['warning', 'critical']).toContain(point.level);
    expect(point.carriers!.length).toBeGreaterThan(1);
    const before = evidence(stage, 'all', declineFrom - 20).find((e) => e.measure === 'composite')!;
    expect(before).toMatchObject({ level: 'quiet', onset: null });
    expect(before.carriers).toBeUndefined();
  });
});

test('a decline of one signal alone is told as that signal, with the segment as a whole beside it', {
  timeout: 120_000,
}, () => {
  const stage = year(5, 100, { escalated: 0.26, repeat: 0.15, unhappy: 0.2 });
  const measures = new Set(
    opened(stage)
      .filter((a) => dayOf(a.openedAt) > declineFrom)
      .map((a) => a.measure),
  );
  expect(measures).toContain('escalation_rate');
  expect(measures).not.toContain('composite');
  const escalation = stage.alerts.filter((a) => a.measure === 'escalation_rate').at(-1)!;
  expect(escalation.alsoIn).toContain(`${escalation.segment}/composite`);
});

test('quiet weeks raise no more alerts of whole segments than the budget', { timeout: 120_000 }, () => {
  const seeds = [21, 22];
  const alarms = seeds.flatMap((seed) => opened(year(seed, 100)).filter((a) => a.measure === 'composite'));
  const budget = (policy.falseAlarms.per30Days * days * seeds.length) / 30;
  expect(alarms.length).toBeLessThan(budget / 2);
});
