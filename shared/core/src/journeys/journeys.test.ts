import { answeredSurvey, closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import {
  type InteractionClosed,
  type SurveyAnswered,
  type SurveySent,
  scoreRange,
} from '@seamwatch/contracts/events.ts';
import { closedFacts } from '@seamwatch/contracts/facts.ts';
import { type Policy, policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributesOf, cellKey } from '../cells/cell.ts';
import { CounterLayout } from '../cells/counters.ts';
import { TierRules } from '../policy/tiers.ts';
import type { OutRecord } from '../ports/event-log.ts';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { sketchBin } from '../stats/quantile-sketch.ts';
import { Journeys } from './journeys.ts';
import { decodeRollup } from './rollup.ts';

const policy = policySchema.parse({
  version: 1,
  tiers: { escalatedWithin: '3d' },
  categories: { dispute: { tier: 2 } },
  time: { allowedLateness: '28d' },
});
const layout = new CounterLayout(7);
const hashKey = new Uint8Array(16).fill(7);
const t0 = Date.parse('2026-03-01T00:00:00Z');

type Data = InteractionClosed | SurveySent | SurveyAnswered;
const record = (data: Data, offset: number, appendedMs = t0 + 100 * dayMs) =>
  recordOf({ data }, offset, appendedMs);

/**
 * Counts as the product gives them, keyed `cell minute counter`, with a commit after each of `commits` events, and a restart
 * too after each of `restarts`.
 */
function product(
  events: readonly Data[],
  restarts: ReadonlySet<number> = new Set(),
  use: Policy = policy,
  appendedMs?: number,
  commits: ReadonlySet<number> = new Set(),
) {
  const changelog = new Map<string, OutRecord>();
  const counts = new Map<string, number>();
  const cells = new Map<number, string>();
  const dead: string[] = [];
  let journeys = new Journeys({ partition: 0, policy: use, hashKey });
  const commit = () => {
    const { rollups, changelog: changed, deadLetters } = journeys.commit();
    for (const r of changed) changelog.set(r.key!, r);
    for (const d of deadLetters) dead.push(d.headers!['seam-code']!);
    for (const rollup of rollups) {
      const decoded = decodeRollup(rollup);
      for (const { id, key } of decoded.cells) cells.set(id, key);
      for (const group of decoded.groups) {
        for (let i = 0; i < group.counts.length; i += 2) {
          // Outcomes told apart by earlier ones have their own test.
          if (group.counts[i]! >= layout.size) continue;
          const key = `${cells.get(group.cell)} ${group.minute} ${group.counts[i]}`;
          counts.set(key, (counts.get(key) ?? 0) + group.counts[i + 1]!);
        }
      }
    }
  };
  for (const [i, data] of events.entries()) {
    const topic = 'closedAt' in data ? 'interactions' : 'surveys';
    journeys.apply(topic, record(data, i, appendedMs));
    if (commits.has(i)) commit();
    if (!restarts.has(i)) continue;
    commit();
    journeys = new Journeys({ partition: 0, policy: use, hashKey });
    for (const r of changelog.values()) journeys.restore(r.key, r.value as Uint8Array | null);
    journeys.restored();
  }
  commit();
  for (const [key, n] of counts) if (n === 0) counts.delete(key);
  const numbers = [...changelog.values()].flatMap(({ key, value }) =>
    key!.startsWith('d') && value !== null ? [Number(key!.slice(1))] : [],
  );
  return { counts, dead, numbers, clocks: journeys.clocks, size: journeys.size };
}

/** The same from the definitions, with all events in view at once. */
function reference(events: readonly Data[]) {
  const counts = new Map<string, number>();
  const tiers = new TierRules(policy);
  const unique = <T extends Data>(list: T[], id: (d: T) => string) => [
    ...new Map(list.toReversed().map((d) => [id(d), d])).values(),
  ];
  const closed = unique(
    events.filter((e) => 'closedAt' in e),
    (e) => e.interactionId,
  );
  const sent = unique(
    events.filter((e): e is SurveySent => 'sentAt' in e),
    (e) => e.surveyId,
  );
  const answered = unique(
    events.filter((e): e is SurveyAnswered => 'score' in e),
    (e) => e.surveyId,
  );
  const cellOf = (i: InteractionClosed) => {
    const start = Date.parse(i.startedAt);
    const before = closed.some((o) => {
      const first = o.startedWith === 'ai' ? o.handoffs[0] : undefined;
      if (!first || o.customerId === null || o.customerId !== i.customerId || o === i) return false;
      const at = Date.parse(first.at);
      return at < start && at >= start - 3 * dayMs;
    });
    const attributes = attributesOf(closedFacts(i));
    return cellKey(tiers.decide(attributes, before).tier, attributes);
  };
  const add = (i: InteractionClosed, at: string, counter: number, n = 1) => {
    const key = `${cellOf(i)} ${Math.floor(Date.parse(at) / minuteMs)} ${counter}`;
    counts.set(key, (counts.get(key) ?? 0) + n);
  };
  for (const i of closed) {
    const count = (counter: number) => add(i, i.closedAt, counter);
    count(layout.closed);
    if (i.startedWith === 'ai') {
      count(layout.aiStarted);
      if (i.handoffs.length > 0) {
        count(layout.escalated);
        count(
          layout.escalatedBy + ['customer_request', 'policy', 'low_confidence'].indexOf(i.handoffs[0]!.cause),
        );
        if (i.handoffs.length > 1) count(layout.loops);
        if (i.abandoned && i.handoffs.at(-1)!.answeredAt === null) count(layout.seamAbandoned);
        for (const h of i.handoffs) {
          if (h.answeredAt) count(layout.wait + sketchBin(Date.parse(h.answeredAt) - Date.parse(h.at)));
        }
      } else {
        count(layout.aiHandled);
        if (cellOf(i).startsWith('2')) {
          count(layout.breaches);
          count(layout.breachBy + (i.category === 'dispute' && !escalated(i) ? 1 : 0));
        }
      }
    }
    if (i.claimedResolved !== null) count(layout.claimedKnown);
    if (i.claimedResolved) count(layout.claimedResolved);
    if (i.customerId === null) continue;
    count(layout.cohorts.all.entered);
    count(layout.cohorts.sameMatter.entered);
    if (i.claimedResolved) count(layout.cohorts.resolved.entered);
    const next = closed
      .filter((o) => o.customerId === i.customerId && o.startedAt > i.startedAt)
      .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))[0];
    if (!next) continue;
    const age = Math.floor(Math.max(0, Date.parse(next.startedAt) - Date.parse(i.closedAt)) / dayMs);
    if (age >= 7) continue;
    count(layout.cohorts.all.events + age);
    if (i.claimedResolved) count(layout.cohorts.resolved.events + age);
    if (next.category === i.category) count(layout.cohorts.sameMatter.events + age);
  }
  function escalated(i: InteractionClosed) {
    return closed.some((o) => {
      const at = o.startedWith === 'ai' && o.handoffs[0] ? Date.parse(o.handoffs[0].at) : Number.NaN;
      const start = Date.parse(i.startedAt);
      return o.customerId !== null && o.customerId === i.customerId && at < start && at >= start - 3 * dayMs;
    });
  }
  for (const a of answered) {
    const i = closed.find((c) => c.interactionId === a.interactionId);
    if (i) add(i, a.answeredAt, layout.histogram(a.instrument).first + a.score - scoreRange[a.instrument][0]);
  }
  for (const s of sent) {
    const i = closed.find((c) => c.interactionId === s.interactionId);
    if (!i) continue;
    add(i, s.sentAt, layout.cohorts.surveys.entered);
    const a = answered.find((x) => x.surveyId === s.surveyId);
    const age = a ? Math.floor(Math.max(0, Date.parse(a.answeredAt) - Date.parse(s.sentAt)) / dayMs) : 99;
    if (age < 7) add(i, s.sentAt, layout.cohorts.surveys.events + age);
  }
  return counts;
}

const interaction = fc
  .record({
    id: fc.integer({ min: 0, max: 25 }),
    customer: fc.constantFrom('a', 'b', null),
    // Distinct starts, so that the reference need not break ties.
    start: fc.integer({ min: 0, max: 14 * 24 * 60 }),
    minutes: fc.integer({ min: 0, max: 3000 }),
    ai: fc.boolean(),
    handoffs: fc.array(
      fc.record({
        cause: fc.constantFrom('customer_request', 'policy', 'low_confidence'),
        wait: fc.option(fc.nat(900)),
      }),
      { maxLength: 2 },
    ),
    category: fc.constantFrom('faq', 'returns', 'dispute'),
    claimedResolved: fc.constantFrom(true, false, null),
    abandoned: fc.boolean(),
    emotion: fc.constantFrom(-0.9, 0, undefined),
  })
  .map(({ id, customer, start, minutes, ai, handoffs, emotion, ...rest }): InteractionClosed => {
    const startMs = t0 + (start * 26 + id) * minuteMs;
    const closeMs = startMs + (minutes + 60) * minuteMs;
    return {
      ...rest,
      interactionId: `i${id}`,
      customerId: customer,
      startedAt: toRfc3339(startMs),
      closedAt: toRfc3339(closeMs),
      startedWith: ai ? 'ai' : 'human',
      handoffs: handoffs.map((h, n) => ({
        cause: h.cause as 'policy',
        at: toRfc3339(startMs + (n + 1) * minuteMs),
        answeredAt: h.wait === null ? null : toRfc3339(startMs + (n + 1) * minuteMs + h.wait * 1000),
      })),
      channel: 'chat',
      ...(emotion === undefined ? {} : { emotion }),
    };
  });
// 14 days of 26-minute slots would outlast the lateness; squeeze the starts into 14 days.
const history = fc
  .record({
    closed: fc.uniqueArray(interaction, { selector: (i) => i.interactionId, maxLength: 25 }),
    surveys: fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 9 }),
        of: fc.integer({ min: 0, max: 25 }),
        sent: fc.boolean(),
        answered: fc.boolean(),
        score: fc.integer({ min: 1, max: 5 }),
        delay: fc.integer({ min: 0, max: 9 * 1440 }),
      }),
      { maxLength: 10 },
    ),
  })
  .map(({ closed, surveys }): Data[] => {
    const squeezed = closed.map((i): InteractionClosed => {
      const shift = (time: string) =>
        toRfc3339(Date.parse(time) - Math.floor((Date.parse(i.startedAt) - t0) / (14 * dayMs)) * 14 * dayMs);
      return {
        ...i,
        startedAt: shift(i.startedAt),
        closedAt: shift(i.closedAt),
        handoffs: i.handoffs.map((h) => ({
          ...h,
          at: shift(h.at),
          answeredAt: h.answeredAt && shift(h.answeredAt),
        })),
      };
    });
    const starts = new Set<string>();
    const distinct = squeezed.filter((i) => !starts.has(i.startedAt) && starts.add(i.startedAt));
    const answers = [...new Map(surveys.map((s) => [s.id, s])).values()].flatMap((s): Data[] => {
      const of = distinct.find((i) => i.interactionId === `i${s.of}`) ?? distinct[0];
      if (!of) return [];
      const base = {
        surveyId: `s${s.id}`,
        interactionId: of.interactionId,
        customerId: null,
        instrument: 'csat' as const,
      };
      const sentMs = Date.parse(of.closedAt) + minuteMs;
      return [
        ...(s.sent ? [{ ...base, sentAt: toRfc3339(sentMs) }] : []),
        ...(s.answered
          ? [{ ...base, score: s.score, answeredAt: toRfc3339(sentMs + s.delay * minuteMs) }]
          : []),
      ];
    });
    return [...distinct, ...answers];
  });
const shuffled = history.chain((events) =>
  fc.tuple(
    fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    fc.array(fc.nat(40), { maxLength: 4 }),
    fc.subarray(events),
  ),
);
const sorted = (counts: Map<string, number>) => Object.fromEntries([...counts].toSorted());

test('counts equal their definitions, in any order of arrival, with duplicates and restarts', () => {
  fc.assert(
    fc.property(shuffled, ([events, restarts, again]) => {
      const run = product([...events, ...again], new Set(restarts));
      expect(sorted(run.counts)).toEqual(sorted(reference(events)));
      expect(run.dead).toEqual([]);
      expect(run.clocks.interactions.duplicates + run.clocks.surveys.duplicates).toBe(again.length);
    }),
    { numRuns: 300 },
  );
});

const one = (id: string, startMs: number, more: Partial<InteractionClosed> = {}): InteractionClosed =>
  closedInteraction(id, toRfc3339(startMs + minuteMs), {
    customerId: 'a',
    startedAt: toRfc3339(startMs),
    ...more,
  });

test('an event from the future or past the allowed lateness becomes a dead letter, and moves no watermark', () => {
  const journeys = new Journeys({ partition: 3, policy: policySchema.parse({ version: 1 }), hashKey });
  const at = (ms: number, offset: number) =>
    journeys.apply('interactions', record(one(`i${offset}`, ms), offset, t0));
  at(t0 - minuteMs, 0);
  at(t0 + 5 * minuteMs, 1);
  at(t0 - 8 * dayMs, 2);
  at(t0 - 6 * dayMs, 3);
  const { deadLetters } = journeys.commit();
  expect(deadLetters.map((d) => [d.key, d.headers!['seam-code']])).toEqual([
    ['interactions-3-1', 'SEAM_EVENT_FUTURE'],
    ['interactions-3-2', 'SEAM_EVENT_TOO_LATE'],
  ]);
  expect(journeys.clocks.interactions).toMatchObject({ events: 2, late: 1, dead: 2, position: 4 });
  expect(journeys.clocks.interactions.watermarkMs).toBe(t0 - 30_000);
});

test('a survey whose interaction never comes is buried with its original bytes after the allowed lateness', () => {
  const journeys = new Journeys({ partition: 0, policy: policySchema.parse({ version: 1 }), hashKey });
  const answer = answeredSurvey('s', 'gone', toRfc3339(t0), { instrument: 'nps', score: 9 });
  journeys.apply('surveys', record(answer, 5));
  journeys.apply('interactions', record(one('i1', t0 + 6 * dayMs), 0));
  expect(journeys.commit().deadLetters).toEqual([]);
  journeys.apply('interactions', record(one('i2', t0 + 8 * dayMs), 1));
  const [letter] = journeys.commit().deadLetters;
  expect(letter).toMatchObject({ key: 'surveys-0-5', headers: { 'seam-code': 'SEAM_SURVEY_ORPHAN' } });
  expect(Buffer.from(letter!.value as Uint8Array).toString()).toContain('"score":9');
  expect(journeys.size.surveys).toBe(0);
});

test('interactions leave the index after 35 days, and an escalation before that is still remembered', () => {
  const forever = policySchema.parse({ version: 1, tiers: { escalatedWithin: 'ever' } });
  const escalated = one('i1', t0, {
    handoffs: [{ at: toRfc3339(t0), cause: 'policy', answeredAt: null }],
  });
  const run = product(
    [escalated, one('i2', t0 + 60 * dayMs), one('i3', t0 + 60 * dayMs, { customerId: 'b' })],
    new Set([0, 1]),
    forever,
  );
  expect(run.size.interactions).toBe(2);
  const cells = [...run.counts.keys()]
    .filter((k) => k.endsWith(` ${layout.closed}`))
    .map((k) => k.slice(0, 4));
  expect(cells.toSorted()).toEqual(['1|ai', '1|se', '2|ai']);
});

test('a cell in which no interaction is any more gives its number back, and comes again under another', () => {
  const days = Array.from({ length: 200 }, (_, day) => day);
  const events = days.flatMap((day) => {
    const startMs = t0 + day * dayMs;
    const version = one(`v${day}`, startMs, { customerId: `c${day % 5}`, modelVersion: `v${day}` });
    const rare = one(`r${day}`, startMs + 1, { customerId: `c${day % 3}`, modelVersion: 'rare' });
    return day % 50 === 0 ? [version, rare] : [version];
  });
  const counted = sorted(reference(events));
  const each = (n: number) => new Set(days.filter((i) => i % n === 0));
  for (const [restarts, commits] of [
    [new Set<number>(), each(1)],
    [each(10), each(3)],
    [each(1), new Set<number>()],
  ] as const) {
    const run = product(events, restarts, policy, t0 + 300 * dayMs, commits);
    expect(sorted(run.counts)).toEqual(counted);
    // Interactions stay for 36 days; a rare cell is among them or not.
    expect(run.numbers.length).toBeLessThanOrEqual(39);
    expect(run.numbers.length).toBeGreaterThanOrEqual(36);
    expect(Math.max(...run.numbers)).toBeLessThan(50);
  }
});

test.each([
  [396, 3],
  [410, 2],
])('a customer is forgotten 400 days after the last contact, within a week (%d days)', (days, customers) => {
  const old = one('i1', t0);
  const back = [one('i2', t0, { customerId: 'b' }), one('i3', t0 + 100 * dayMs, { customerId: 'b' })];
  const events = [old, ...back, one('i4', t0 + days * dayMs, { customerId: 'c' })];
  for (const restarts of [[], [1, 2]])
    expect(product(events, new Set(restarts), policy, t0 + days * dayMs).size.customers).toBe(customers);
});

test('a survey that waits is looked at again after a restart', () => {
  const waiting = answeredSurvey('s', 'gone', toRfc3339(t0));
  const events = [waiting, one('i1', t0 + 6 * dayMs), one('i2', t0 + 8 * dayMs)];
  const week = policySchema.parse({ version: 1 });
  for (const restarts of [[], [0], [0, 1]])
    expect(product(events, new Set(restarts), week).dead).toEqual(['SEAM_SURVEY_ORPHAN']);
});

test('an event on the wrong topic is told so', () => {
  const journeys = new Journeys({ partition: 0, policy, hashKey });
  journeys.apply('surveys', record(one('i1', t0), 0));
  expect(journeys.commit().deadLetters[0]?.headers?.['seam-code']).toBe('SEAM_UNKNOWN_TYPE');
});
