import type { InteractionClosed, SurveyAnswered, SurveySent } from '@seamwatch/contracts/events.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import type { FixtureEvent } from '../segments/events.fixture.ts';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { Journeys } from './journeys.ts';
import { decodeRollup } from './rollup.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const policy = policySchema.parse({ version: 1 });

function closed(id: string, atMs: number): InteractionClosed {
  return {
    interactionId: id,
    customerId: 'a',
    startedAt: toRfc3339(atMs),
    closedAt: toRfc3339(atMs),
    startedWith: 'ai',
    handoffs: [],
    category: 'faq',
    channel: 'chat',
    claimedResolved: true,
    abandoned: false,
  };
}
const survey = (id: string, of: string) => ({
  surveyId: id,
  interactionId: of,
  customerId: null,
  instrument: 'csat' as const,
});
const sent = (id: string, of: string, atMs: number): SurveySent => ({
  ...survey(id, of),
  sentAt: toRfc3339(atMs),
});
const answered = (id: string, of: string, atMs: number): SurveyAnswered => ({
  ...survey(id, of),
  score: 4,
  answeredAt: toRfc3339(atMs),
});

/** Stage A after events that are read in this order. */
function read(events: readonly FixtureEvent['data'][]): Journeys {
  const journeys = new Journeys({ partition: 0, policy, hashKey: new Uint8Array(16) });
  const offsets = { interactions: 0, surveys: 0 };
  for (const data of events) {
    const topic = 'closedAt' in data ? 'interactions' : 'surveys';
    const event: FixtureEvent = { topic, timeMs: 0, customer: 0, data };
    journeys.apply(topic, recordOf(event, offsets[topic]++, t0 + 100 * dayMs));
  }
  return journeys;
}

test('an interaction is not forgotten while its surveys are still to be read', () => {
  const journeys = read([
    closed('i1', t0),
    answered('s1', 'i1', t0 + minuteMs),
    // A long silence, behind which interactions go on first.
    closed('i2', t0 + 60 * dayMs),
    answered('s2', 'i1', t0 + 3 * dayMs),
    answered('s3', 'i2', t0 + 60 * dayMs),
    closed('i3', t0 + 70 * dayMs),
  ]);
  expect(journeys.commit().deadLetters).toEqual([]);
  expect(journeys.size).toMatchObject({ interactions: 2, surveys: 1 });
});

test('a survey sent counts from its sending on, also where its interaction is read after its answer', () => {
  const told = [
    closed('i1', t0),
    sent('s', 'i1', t0 + 5 * minuteMs),
    answered('s', 'i1', t0 + 3 * dayMs),
  ] as const;
  const stamps = (order: readonly number[]) => {
    const { rollups } = read(order.map((i) => told[i]!)).commit();
    const sums = new Map<string, number>();
    for (const { minute, stamp, counts } of decodeRollup(rollups[0]!).groups) {
      for (let i = 0; i < counts.length; i += 2) {
        const key = `${counts[i]} of ${minute} at ${stamp}`;
        sums.set(key, (sums.get(key) ?? 0) + counts[i + 1]!);
      }
    }
    return Object.fromEntries([...sums].filter(([, n]) => n !== 0).toSorted());
  };
  expect(stamps([1, 2, 0])).toEqual(stamps([0, 1, 2]));
});
