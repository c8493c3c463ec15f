import { closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { eventTypes, type InteractionClosed } from '@seamwatch/contracts/events.ts';
import { dayMs, hourMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from './cloud-events.ts';
import { parseScenario } from './scenario.ts';
import { npsOf, observe, repeatRate, type Span, tally, truthOf } from './truth.ts';

const count = (events: SimulatedEvent[], untilMs: number, span?: Span) =>
  tally(observe(events), untilMs, span);

let ids = 0;
/** An interaction of one hour that starts `day` days after 1970. */
function closed(
  customerId: string | null,
  day: number,
  extra: Partial<InteractionClosed> = {},
): SimulatedEvent {
  const closedAt = toRfc3339(day * dayMs + hourMs);
  const data = closedInteraction(`i-${++ids}`, closedAt, {
    customerId,
    startedAt: toRfc3339(day * dayMs),
    ...extra,
  });
  const type = eventTypes.interactionClosed;
  return { specversion: '1.0', id: data.interactionId, source: '/test', type, time: closedAt, data };
}

function answered(interaction: SimulatedEvent, score: number, day: number): SimulatedEvent {
  const { interactionId } = interaction.data as InteractionClosed;
  const answeredAt = toRfc3339(day * dayMs);
  const data = {
    surveyId: `s-${++ids}`,
    interactionId,
    customerId: null,
    instrument: 'nps' as const,
    score,
    answeredAt,
  };
  return {
    specversion: '1.0',
    id: data.surveyId,
    source: '/test',
    type: eventTypes.surveyAnswered,
    time: answeredAt,
    data,
  };
}

const handoff = (day: number, answers: boolean) => ({
  at: toRfc3339(day * dayMs),
  cause: 'policy' as const,
  answeredAt: answers ? toRfc3339(day * dayMs + 1_000) : null,
});

test('a repeat is charged to the interaction before it, at its age in whole days after the close', () => {
  const events = [closed('a', 0), closed('a', 2.5, { category: 'other' }), closed('a', 3), closed('b', 0)];
  const { total } = count(events, 100 * dayMs);
  // a0 → age 2 (another matter); a2.5 → age 0 (11 hours); a3 and b: no repeat.
  expect(total.repeats).toEqual([1, 0, 1, 0, 0, 0, 0]);
  expect(total.sameMatter).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(total.atRisk).toEqual([4, 3, 3, 2, 2, 2, 2]);
  expect(repeatRate(total)).toBeCloseTo(1 - (3 / 4) * (2 / 3), 10);
});

test('after seven days it is a new contact, and an overlap counts as age 0', () => {
  const late = count([closed('a', 0), closed('a', 7 + 1.1 / 24)], 100 * dayMs).total;
  expect(late.repeats).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const overlap = count([closed('a', 0), closed('a', 0.01)], 100 * dayMs).total;
  expect(overlap.repeats[0]).toBe(1);
});

test('only identified customers are at risk, and only at ages that are over', () => {
  const { total } = count([closed(null, 0), closed(null, 1), closed('c', 0)], 3 * dayMs);
  expect(total.interactions).toBe(3);
  expect(total.atRisk).toEqual([1, 1, 0, 0, 0, 0, 0]);
});

test('paths, handoffs, loops, abandonment and claims are counted as the vocabulary says', () => {
  const events = [
    closed('a', 0, { handoffs: [handoff(0, true)], claimedResolved: null }),
    closed('b', 0, {
      handoffs: [handoff(0, true), handoff(0.01, false)],
      abandoned: true,
      claimedResolved: false,
    }),
    closed('c', 0, { startedWith: 'human' }),
    closed('d', 0, { abandoned: true }),
  ];
  const { total, byPath, byCategory } = count(events, 100 * dayMs);
  expect(total).toMatchObject({
    interactions: 4,
    aiStarted: 3,
    escalated: 2,
    causes: { policy: 2 },
    loops: 1,
    abandonedAtSeam: 1,
    claimed: { yes: 2, no: 1, unknown: 1 },
  });
  expect([byPath.ai.interactions, byPath.seam.interactions, byPath.human.interactions]).toEqual([1, 2, 1]);
  expect(byCategory.faq?.interactions).toBe(4);
});

test('a span selects interactions by their close and answers by theirs', () => {
  const first = closed('a', 0);
  const events = [
    first,
    closed('b', 5),
    answered(first, 10, 1),
    answered(first, 6, 6),
    answered(first, 9, 7),
  ];
  const { total } = count(events, 100 * dayMs, { from: 4 * dayMs, to: 6.5 * dayMs });
  expect(total.interactions).toBe(1);
  expect(npsOf(total)).toBe(-100);
  expect(npsOf(count(events, 100 * dayMs).total)).toBeCloseTo(100 / 3, 10);
});

test('a scenario without an end has no truth', () => {
  expect(() => truthOf(parseScenario({ from: '2026-01-01' }))).toThrow(RangeError);
});
