import { answeredSurvey, closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { SurveySent } from '@seamwatch/contracts/events.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FixtureEvent } from '../segments/events.fixture.ts';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { Journeys } from './journeys.ts';
import { decodeRollup } from './rollup.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const policy = policySchema.parse({ version: 1 });

const closed = (id: string, atMs: number) => closedInteraction(id, toRfc3339(atMs), { customerId: 'a' });
const sent = (id: string, of: string, atMs: number): SurveySent => ({
  surveyId: id,
  interactionId: of,
  customerId: null,
  instrument: 'csat',
  sentAt: toRfc3339(atMs),
});
const answered = (id: string, of: string, atMs: number) => answeredSurvey(id, of, toRfc3339(atMs));

/** Stage A after events that are read in this order. */
function read(events: readonly FixtureEvent['data'][]): Journeys {
  const journeys = new Journeys({ partition: 0, policy, hashKey: new Uint8Array(16) });
  const offsets = { interactions: 0, surveys: 0 };
  for (const data of events) {
    const topic = 'closedAt' in data ? 'interactions' : 'surveys';
    journeys.apply(topic, recordOf({ data }, offsets[topic]++, t0 + 100 * dayMs));
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
  const stamps = (order: readonly number[]) => stampedSums(order.map((i) => told[i]!));
  expect(stamps([1, 2, 0])).toEqual(stamps([0, 1, 2]));
});

/** Sums of all counters by minute and stamp, after events that are read in this order. */
function stampedSums(events: readonly FixtureEvent['data'][]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const value of read(events).commit().rollups) {
    for (const { minute, stamp, counts } of decodeRollup(value).groups) {
      for (let i = 0; i < counts.length; i += 2) {
        const key = `${counts[i]} of ${minute} at ${stamp}`;
        sums.set(key, (sums.get(key) ?? 0) + counts[i + 1]!);
      }
    }
  }
  return Object.fromEntries([...sums].filter(([, n]) => n !== 0).toSorted());
}

const hour = 3_600_000;
/** Contacts of one customer in order, answers about them (some late), and which of the two topics is read next. */
const twoTopics = fc
  .record({
    gaps: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
    answers: fc.array(
      fc.record({
        of: fc.nat(4),
        score: fc.integer({ min: 1, max: 5 }),
        after: fc.integer({ min: 0, max: 150 }),
      }),
      { maxLength: 6 },
    ),
    turns: fc.array(fc.boolean(), { maxLength: 12 }),
  })
  .map(({ gaps, answers, turns }) => {
    const hours = gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b));
    const contacts = hours.map((h, i) => closed(`i${i}`, t0 + h * hour));
    const surveys = answers.map(({ of, score, after }, i) => {
      const contact = contacts[of % contacts.length]!;
      const told = answered(
        `s${i}`,
        contact.interactionId,
        Date.parse(contact.closedAt) + after * hour + minuteMs,
      );
      return { ...told, score };
    });
    return { contacts, surveys, turns };
  });

test('outcomes told apart by earlier ones are the same whichever topic is read first', () => {
  fc.assert(
    fc.property(twoTopics, ({ contacts, surveys, turns }) => {
      const [left, right]: FixtureEvent['data'][][] = [[...contacts], [...surveys]];
      const mixed = turns.flatMap((turn) => (turn ? left! : right!).splice(0, 1));
      const order = [...mixed, ...left!, ...right!];
      expect(stampedSums(order)).toEqual(stampedSums([...contacts, ...surveys]));
    }),
    { numRuns: 500 },
  );
});
