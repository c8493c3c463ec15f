import { eventTypes } from '@seamwatch/contracts/events.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { parseScenario, type ScenarioInput } from './scenario.ts';
import { simulate } from './simulate.ts';
import { type Counts, npsOf, observe, repeatRate, tally } from './truth.ts';

const from = Date.parse('2025-06-02T00:00:00Z');
const onset = from + 100 * dayMs;
const to = from + 200 * dayMs;

/** A centre in which every share is known exactly: nothing depends on category, channel or path. */
const plain: ScenarioInput = {
  seed: 11,
  from,
  to,
  interactionsPerDay: 2_000,
  categories: {
    a: { share: 0.5, startsWithAi: 0.8, escalation: 0.1 },
    b: { share: 0.5, startsWithAi: 0.8, escalation: 0.1 },
  },
  customers: { aiOddsAfterEscalation: 1 },
  seamWait: { load: 0 },
  abandonment: 0.08,
  claimedResolution: { share: 0.8, unknown: 0 },
  experience: { abandonment: 0 },
  repeat: { share: 0.15 },
  surveys: {
    csat: { send: 0.5, response: 0.3, scores: [0.08, 0.12, 0.2, 0.3, 0.3] },
    ces: { send: 0.5, response: 0.3, scores: [0.05, 0.07, 0.08, 0.2, 0.2, 0.2, 0.2] },
    nps: {
      send: 0.5,
      response: 0.3,
      scores: [0.03, 0.01, 0.02, 0.03, 0.03, 0.05, 0.05, 0.12, 0.16, 0.2, 0.3],
    },
    responseOdds: { ai: 1, seam: 1, human: 1, abandoned: 1, unresolved: 1 },
  },
  channels: { chat: { share: 1 } },
};

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const bad = (xs: readonly number[], count: number) => sum(xs.slice(0, count)) / sum(xs);

/** Each figure with the n behind it. */
const figures = (c: Counts) => ({
  escalation: [c.escalated / c.aiStarted, c.aiStarted],
  repeat: [repeatRate(c), c.atRisk[6]!],
  abandonment: [c.abandonedAtSeam / c.escalated, c.escalated],
  claimed: [c.claimed.yes / (c.claimed.yes + c.claimed.no), c.interactions],
  csat: [bad(c.answers.csat, 2), sum(c.answers.csat)],
  ces: [bad(c.answers.ces, 3), sum(c.answers.ces)],
  response: [sum(c.answers.csat) / c.surveysSent.csat, c.surveysSent.csat],
});

describe('planted declines come out at their size', () => {
  const where = { category: 'a' };
  const scenario = parseScenario({
    ...plain,
    planted: [
      { signal: 'escalation', where, points: 0.03, from: onset },
      { signal: 'repeat_contact', where, points: 0.03, from: onset },
      { signal: 'seam_abandonment', where, points: 0.04, from: onset },
      { signal: 'claimed_resolution', where, oddsRatio: 1.4, from: onset },
      { signal: 'csat', where, points: 0.03, from: onset },
      { signal: 'ces', where, oddsRatio: 1.5, from: onset },
      { signal: 'nps', where, points: -5, from: onset },
      { signal: 'response_rate', where, points: -0.05, from: onset },
      { signal: 'seam_wait', where, factor: 1.5, from: onset },
      { signal: 'mix', where, points: 0.1, from: onset },
      { signal: 'volume', factor: 1.2, from: onset },
    ],
  });
  const events = [...simulate(scenario)];
  const seen = observe(events);
  const before = tally(seen, to, { to: onset });
  const after = tally(seen, to, { from: onset });

  const expected = {
    escalation: [0.1, 0.13],
    repeat: [0.15, 0.18],
    abandonment: [0.08, 0.12],
    // Those who leave at the seam are never claimed.
    claimed: [0.8 * (1 - 0.08 * 0.08), 0.84848 * (1 - 0.8 * 0.13 * 0.12)],
    csat: [0.2, 0.23],
    ces: [0.2, 0.27273],
    response: [0.3, 0.25],
  } as const;

  test.each(Object.entries(expected))('%s %j', (name, [p0, p1]) => {
    const of = (counts: Counts) => figures(counts)[name as keyof typeof expected];
    for (const [counts, p] of [
      [before.byCategory.a!, p0],
      [after.byCategory.a!, p1],
      [after.byCategory.b!, p0],
    ] as const) {
      const [value, n] = of(counts) as [number, number];
      expect(n).toBeGreaterThan(4_000);
      expect(Math.abs(value - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
    }
  });

  test('NPS falls by five points, and only there', () => {
    const error = (c: Counts) => 4 * 100 * Math.sqrt(0.66 / sum(c.answers.nps));
    for (const [counts, nps] of [
      [before.byCategory.a!, 28],
      [after.byCategory.a!, 23],
      [after.byCategory.b!, 28],
    ] as const) {
      expect(Math.abs(npsOf(counts) - nps)).toBeLessThan(error(counts));
    }
  });

  test('the median wait grows by its factor', () => {
    const waits = (late: boolean) =>
      events
        .flatMap((e) => (e.type === eventTypes.interactionClosed && e.data.category === 'a' ? [e.data] : []))
        .filter((i) => Date.parse(i.startedAt) >= onset === late)
        .flatMap((i) => i.handoffs)
        .flatMap((h) => (h.answeredAt === null ? [] : [Date.parse(h.answeredAt) - Date.parse(h.at)]))
        .sort((x, y) => x - y);
    const median = (xs: number[]) => xs[Math.floor(xs.length / 2)]!;
    expect(median(waits(false)) / 75_000).toBeCloseTo(1, 1);
    expect(median(waits(true)) / median(waits(false)) / 1.5).toBeCloseTo(1, 1);
  });

  test('volume grows by its factor, and the mix moves', () => {
    expect(before.total.interactions / 100 / 2_000).toBeCloseTo(1, 1);
    expect(after.total.interactions / before.total.interactions / 1.2).toBeCloseTo(1, 1);
    expect(before.byCategory.a!.interactions / before.total.interactions).toBeCloseTo(0.5, 2);
    expect(Math.abs(after.byCategory.a!.interactions / after.total.interactions - 0.6)).toBeLessThan(0.015);
  });

  test('the ages of repeats follow their weights, mostly on the same matter', () => {
    const { repeats, sameMatter } = before.total;
    const shares = repeats.map((n) => n / sum(repeats));
    [0.34, 0.2, 0.14, 0.11, 0.08, 0.07, 0.06].forEach((w, age) => {
      expect(Math.abs(shares[age]! - w)).toBeLessThan(0.015);
    });
    expect(sum(sameMatter) / sum(repeats)).toBeCloseTo(0.8, 1);
  });
});

test('what is planted in one signal leaves every other draw as it was', () => {
  const short = { ...plain, to: from + 20 * dayMs };
  const planted = [{ signal: 'csat' as const, oddsRatio: 3, from: from + 5 * dayMs }];
  const quiet = [...simulate(parseScenario(short))];
  const declined = [...simulate(parseScenario({ ...short, planted }))];
  expect(declined.length).toBe(quiet.length);
  let changed = 0;
  declined.forEach((event, i) => {
    if (event.type === eventTypes.surveyAnswered && event.data.instrument === 'csat') {
      const other = quiet[i]!;
      if (other.type !== eventTypes.surveyAnswered) throw new Error('another event');
      if (other.data.score !== event.data.score) changed++;
      expect(event.data.score).toBeLessThanOrEqual(other.data.score);
      expect({ ...event.data, score: 0 }).toEqual({ ...other.data, score: 0 });
    } else expect(event).toEqual(quiet[i]);
  });
  expect(changed).toBeGreaterThan(100);
});

test('more repeats are added to the contacts that there were anyway', () => {
  const short = { ...plain, to: from + 20 * dayMs };
  const planted = [{ signal: 'repeat_contact' as const, points: 0.1, from }];
  const newMatters = (s: ScenarioInput) =>
    [...simulate(parseScenario(s))]
      .filter((e) => e.type === eventTypes.interactionClosed && !e.data.interactionId.includes('.'))
      .map((e) => `${e.id} ${e.time}`);
  const quiet = newMatters(short);
  const declined = new Set(newMatters({ ...short, planted }));
  const kept = quiet.filter((m) => declined.has(m)).length;
  expect(declined.size).toBe(quiet.length);
  // The same matter at the same time, but now and then of another customer, and so with another outcome.
  expect(kept / quiet.length).toBeGreaterThan(0.97);
});

describe('one bad experience shows in everything about an interaction', () => {
  const events = [...simulate(parseScenario({ ...plain, experience: {}, to: from + 60 * dayMs }))];
  const seen = observe(events);
  const counts = (where: Parameters<typeof tally>[2]) => tally(seen, from + 60 * dayMs, where).total;
  const poor = new Set(
    events.flatMap((e) =>
      e.type === eventTypes.surveyAnswered && e.data.instrument === 'csat' && e.data.score <= 2
        ? [e.data.interactionId]
        : [],
    ),
  );
  test('poor answers go with repeats', () => {
    const hit = repeatRate(counts({ where: (i) => poor.has(i.interactionId) }));
    expect(hit).toBeGreaterThan(0.22);
  });
  test('those who left at the seam answer worse than those who stayed', () => {
    const left = counts({ where: (i) => i.handoffs.length > 0 && i.abandoned });
    const stayed = counts({ where: (i) => i.handoffs.length > 0 && !i.abandoned });
    expect(bad(left.answers.csat, 2)).toBeGreaterThan(bad(stayed.answers.csat, 2) + 0.05);
  });
});
