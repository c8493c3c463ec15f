import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import { type Window, windowMinutes, windows } from '@seamwatch/contracts/measures.ts';
import { type Policy, policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs, minuteMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../cells/cell.ts';
import { eventsOf, type FixtureEvent } from './events.fixture.ts';
import { StageB, tellAll } from './pipeline.fixture.ts';

const policyOf = (more: object = {}) =>
  policySchema.parse({
    version: 1,
    segments: [{ each: ['path'] }, { each: ['category'] }],
    minimumN: 1,
    time: { allowedLateness: '28d' },
    ...more,
  });
const fromMs = Date.parse('2026-03-20T00:00:00Z');
const days = 15;
const endMs = fromMs + days * dayMs + 7 * hourMs + 13 * minuteMs;
const events = eventsOf({ fromMs, days: days + 1, perDay: 60, seed: 21 }).filter((e) => e.timeMs < endMs);

function run(given: readonly FixtureEvent[], policy: Policy, partitions = 2): StageB {
  const appendedMs = () => endMs + 30 * dayMs;
  const told = tellAll(given, { policy, partitions, appendedMs, commitAfter: (i) => i % 331 === 0 });
  const stage = new StageB({ policy, partitions });
  for (const rollup of told.flat()) stage.apply(rollup);
  stage.segments.showAll();
  stage.commit();
  return stage;
}

interface Closed {
  data: InteractionClosed;
  startMs: number;
  closeMs: number;
  /** Age in days at which the customer came back; ∞ where they have not. */
  repeatAge: number;
  sameMatter: boolean;
}

/** Interactions with the repeat contact that each is charged with: that of the customer's next by start. */
const interactions: Closed[] = events
  .flatMap(({ data }) => ('closedAt' in data ? [data] : []))
  .map((data) => {
    const [startMs, closeMs] = [Date.parse(data.startedAt), Date.parse(data.closedAt)];
    return { data, startMs, closeMs, repeatAge: Number.POSITIVE_INFINITY, sameMatter: false };
  });
for (const one of interactions) {
  const { customerId } = one.data;
  if (customerId === null) continue;
  const next = interactions
    .filter((other) => other.data.customerId === customerId && other.startMs > one.startMs)
    .sort((a, b) => a.startMs - b.startMs)[0];
  if (!next) continue;
  one.repeatAge = Math.floor(Math.max(0, next.startMs - one.closeMs) / dayMs);
  one.sameMatter = next.data.category === one.data.category;
}
const byId = new Map(interactions.map((one) => [one.data.interactionId, one]));

type Belongs = (data: InteractionClosed) => boolean;
const segments: Record<string, Belongs> = {
  all: () => true,
  'path:ai': (i) => pathOf(i) === 'ai',
  'path:seam': (i) => pathOf(i) === 'seam',
  'path:human': (i) => pathOf(i) === 'human',
  'category:faq': (i) => i.category === 'faq',
  'category:dispute': (i) => i.category === 'dispute',
};

/** Figures of a window that ends at `endMinute`, from the definitions, with all events in view. */
function figures(belongs: Belongs, window: Window, endMinute: number): Record<string, number> {
  const now = endMinute - 1;
  const hours = windowMinutes[window] / 60;
  const inWindow = (ms: number) => {
    const minute = Math.floor(ms / minuteMs);
    if (minute > now) return false;
    if (window === '1h' || window === '24h') return minute > now - windowMinutes[window];
    return Math.floor(minute / 60) >= Math.floor(now / 60) - hours;
  };
  const sums: Record<string, number> = {};
  const count = (name: string, when: boolean, by = 1) => {
    sums[name] = (sums[name] ?? 0) + (when ? by : 0);
  };
  for (const { data, closeMs, repeatAge, sameMatter } of interactions) {
    if (!belongs(data)) continue;
    if (inWindow(closeMs)) {
      const [first] = data.handoffs;
      count('volume', true);
      count('aiStarted', data.startedWith === 'ai');
      count('escalated', first !== undefined);
      count(first?.cause ?? 'none', true);
      count('loops', data.handoffs.length > 1);
      count('abandoned', first !== undefined && data.abandoned && data.handoffs.at(-1)!.answeredAt === null);
      count('waits', true, data.handoffs.filter((h) => h.answeredAt !== null).length);
      count('claimedKnown', data.claimedResolved !== null);
      count('claimed', data.claimedResolved === true);
    }
    if (data.customerId === null) continue;
    for (let age = 0; age < 7 && age <= repeatAge; age++) {
      const known = inWindow(closeMs + (age + 1) * dayMs + 4 * hourMs);
      count(`atRisk${age}`, known);
      count(`events${age}`, known && age === repeatAge);
      count('repeats', known && age === repeatAge);
      count('sameMatter', known && age === repeatAge && sameMatter);
    }
  }
  const answers = new Map(events.flatMap(({ data: d }) => ('score' in d ? [[d.surveyId, d] as const] : [])));
  for (const { data: survey } of events) {
    if (!('sentAt' in survey) || !belongs(byId.get(survey.interactionId)!.data)) continue;
    const sentMs = Date.parse(survey.sentAt);
    const answer = answers.get(survey.surveyId);
    const answeredMs = answer ? Date.parse(answer.answeredAt) : Number.POSITIVE_INFINITY;
    for (let age = 0; age < 7 && age <= Math.floor((answeredMs - sentMs) / dayMs); age++) {
      count(`asked${age}`, inWindow(sentMs + (age + 1) * dayMs));
    }
    if (!answer || !inWindow(answeredMs)) continue;
    count(survey.instrument, true);
    count(`${survey.instrument}Sum`, true, answer.score);
    count('top2', survey.instrument === 'csat' && answer.score >= 4);
    count('promoters', survey.instrument === 'nps' && answer.score >= 9);
    count('detractors', survey.instrument === 'nps' && answer.score <= 6);
  }
  return new Proxy(sums, { get: (all, name: string) => all[name] ?? 0 });
}

const ages = [0, 1, 2, 3, 4, 5, 6];

/** Holds what is shown of a segment against its definition. */
function holdAgainst(stage: StageB, id: string, window: Window): void {
  const record = stage.rates.get(id)!;
  const want = figures(segments[id]!, window, Date.parse(record.asOf) / minuteMs);
  const of = (measure: string) => record.points.find((p) => p.window === window && p.measure === measure)!;
  const share = (k: number, n: number) => ({ n, value: n > 0 ? expect.closeTo(k / n, 12) : null });
  expect(of('volume')).toMatchObject({ n: want.volume!, value: want.volume! });
  const path = id.startsWith('path:') ? id.slice(5) : undefined;
  if (path === undefined) {
    expect(of('escalation_rate')).toMatchObject(share(want.escalated!, want.aiStarted!));
    expect(of('escalation_rate').parts).toMatchObject({
      escalated: want.escalated,
      policy: want.policy,
      technical: want.technical,
      customer_request: want.customer_request,
    });
    expect(of('containment')).toMatchObject(share(want.aiStarted! - want.escalated!, want.aiStarted!));
  } else expect(of('escalation_rate')).toBeUndefined();
  if (path === undefined || path === 'seam') {
    expect(of('handoff_loops')).toMatchObject(share(want.loops!, want.escalated!));
    expect(of('seam_abandonment')).toMatchObject(share(want.abandoned!, want.escalated!));
    expect(of('seam_wait_p90').n).toBe(want.waits);
  }
  for (const [measure, atRisk] of [
    ['repeat_contact', 'atRisk'],
    ['response_rate', 'asked'],
  ] as const) {
    const { parts, n } = of(measure);
    expect(n).toBe(want[`${atRisk}0`]);
    if (n > 0) expect(ages.map((a) => parts![`at_risk_${a}`])).toEqual(ages.map((a) => want[atRisk + a]));
    else expect(of(measure)).toMatchObject({ value: null, state: 'no_data' });
  }
  const { parts: came } = of('repeat_contact');
  if (came) expect(ages.map((a) => came[`events_${a}`])).toEqual(ages.map((a) => want[`events${a}`]));
  expect(of('same_matter_repeat')).toMatchObject(share(want.sameMatter!, want.repeats!));
  expect(of('csat')).toMatchObject(share(want.csatSum!, want.csat!));
  expect(of('csat_top2')).toMatchObject(share(want.top2!, want.csat!));
  expect(of('nps')).toMatchObject(share(100 * (want.promoters! - want.detractors!), want.nps!));
  expect(of('claimed_resolution')).toMatchObject(share(want.claimed!, want.claimedKnown!));
}

describe('what is shown in the end', () => {
  const stage = run(events, policyOf());

  test.each(Object.keys(segments))('of %s equals its definition in every window', (id) => {
    for (const window of windows) holdAgainst(stage, id, window);
    const all = figures(segments[id]!, '28d', Date.parse(stage.rates.get(id)!.asOf) / minuteMs);
    expect(all.volume).toBeGreaterThan(100);
    expect(all.repeats).toBeGreaterThan(5);
    expect(all.nps).toBeGreaterThan(20);
  });

  test('is the same in any order of arrival within the allowed lateness, and what was late is counted', () => {
    const shuffles = fc.tuple(
      fc.array(fc.nat(), { minLength: 50, maxLength: 50 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(shuffles, ([keys, partitions]) => {
        const order = events.map((event, i) => ({ event, at: (i * 7_919 + keys[i % 50]!) % events.length }));
        const shuffled = order.sort((a, b) => a.at - b.at).map(({ event }) => event);
        const other = run(shuffled, policyOf(), partitions);
        const without = (s: StageB) =>
          [...s.rates].map(([id, { points, asOf }]) => [
            id,
            asOf,
            points.map((p) => ({ ...p, baseline: 0 })),
          ]);
        expect(new Map(without(other) as [])).toEqual(new Map(without(stage) as []));
        const { sources } = other.progress!;
        const sum = (name: 'late' | 'events' | 'dead') => sources.reduce((n, s) => n + s[name], 0);
        expect(sum('events')).toBe(events.length);
        expect(sum('late')).toBeGreaterThan(events.length / 2);
        expect(sum('dead')).toBe(0);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});

describe('days are those of the calendar', () => {
  test.each([
    'UTC',
    // 23 hours on 29 March 2026.
    'Europe/Zurich',
    'Asia/Kolkata',
    'America/St_Johns',
    // Half an hour of summer time, which ends on 5 April 2026.
    'Australia/Lord_Howe',
  ])('%s', (timeZone) => {
    const stage = run(events, policyOf({ timeZone }), 1);
    const local = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    const perDay = new Map<string, number>();
    for (const { closeMs } of interactions) {
      const day = local.format(closeMs);
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
    }
    const shown = [...stage.days.values()].filter((d) => d.kind === 'day' && d.segment === 'all');
    // The last day has not ended.
    expect(shown.length).toBe(perDay.size - 1);
    for (const day of shown) {
      if (day.kind !== 'day') continue;
      expect(day.points.find((p) => p.measure === 'volume')!.value).toBe(perDay.get(day.day));
      expect(local.format(Date.parse(day.start))).toBe(day.day);
      expect(local.format(Date.parse(day.start) - 1)).not.toBe(day.day);
    }
  });
});
