import { answeredSurvey, closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { encodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SipHash } from '../hash/siphash.ts';
import type { LogRecord } from '../ports/event-log.ts';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { Journeys } from './journeys.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const appendedMs = t0 + 400 * dayMs;
const policy = policySchema.parse({ version: 1 });
const hashKey = new Uint8Array(16).fill(7);

interface Step {
  kind: 'closed' | 'answered' | 'not plain' | 'broken' | 'forgotten' | 'wrong topic';
  /** Of this and of those before. */
  hours: number;
  customer: number;
  interaction: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('closed' as const, 'answered' as const) },
    { weight: 1, arbitrary: fc.constantFrom('not plain', 'broken', 'forgotten', 'wrong topic') },
  ),
  hours: fc.integer({ min: -3, max: 12 }),
  customer: fc.integer({ min: 0, max: 20 }),
  interaction: fc.integer({ min: 0, max: 300 }),
});

function recordsOf(steps: readonly Step[]): Record<'interactions' | 'surveys', LogRecord[]> {
  const records: Record<'interactions' | 'surveys', LogRecord[]> = { interactions: [], surveys: [] };
  let atMs = t0;
  for (const [i, { kind, hours, customer, interaction }] of steps.entries()) {
    atMs += hours * hourMs;
    const [id, at] = [`i${interaction}`, toRfc3339(atMs)];
    const isAnswer = kind === 'answered' || kind === 'wrong topic';
    const customerId = customer === 0 ? null : `c${customer}`;
    const handoffs = [{ at, cause: 'policy' as const, answeredAt: customer % 2 === 0 ? at : null }];
    const data = isAnswer
      ? answeredSurvey(`s${i % 250}`, id, toRfc3339(atMs + minuteMs), { customerId })
      : closedInteraction(kind === 'not plain' ? `ï${i}` : id, at, {
          customerId,
          handoffs: customer % 3 === 0 ? handoffs : [],
        });
    const to = records[kind === 'answered' ? 'surveys' : 'interactions'];
    const record = recordOf({ data }, to.length, appendedMs);
    if (kind === 'broken') to.push({ ...record, value: record.value!.subarray(0, 40) });
    else if (kind === 'forgotten') to.push({ ...record, ...forgotten(customer, i) });
    else to.push(record);
  }
  return records;
}

function forgotten(customer: number, i: number): Pick<LogRecord, 'headers' | 'value'> {
  const { hi, lo } = new SipHash(hashKey).text(`c${customer}`);
  const hex = [hi, lo].map((half) => half.toString(16).padStart(8, '0')).join('');
  const entry = { customer: hex, request: `r${i}`, requestedAt: toRfc3339(t0) };
  const { headers, value } = encodeForgotten(entry);
  return { headers, value: new TextEncoder().encode(value) };
}

type Apply = (
  journeys: Journeys,
  topic: 'interactions' | 'surveys',
  records: LogRecord[],
  at: number,
) => void;

/** All that stage A gives out where its sources are taken in turns of so many records, with a commit after each. */
function outputs(records: ReturnType<typeof recordsOf>, turn: number, apply: Apply) {
  const journeys = new Journeys({ partition: 0, policy, hashKey });
  const next = { interactions: 0, surveys: 0 };
  const all: unknown[] = [];
  while (next.interactions < records.interactions.length || next.surveys < records.surveys.length) {
    for (const topic of ['interactions', 'surveys'] as const) {
      const until = Math.min(next[topic] + turn, records[topic].length);
      while (next[topic] < until) apply(journeys, topic, records[topic], next[topic]++);
    }
    const { rollups, changelog, deadLetters, positions } = journeys.commit();
    const written = changelog.map(({ key, value }) => [key, value && Buffer.from(value as Uint8Array)]);
    all.push(rollups.map(Buffer.from), written, deadLetters, positions, journeys.size);
  }
  return all;
}

test('whether events are read ahead shows in nothing that is given out', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 100, maxLength: 600, size: 'max' }),
      fc.integer({ min: 1, max: 150 }),
      (steps, turn) => {
        const records = recordsOf(steps);
        const ahead = outputs(records, turn, (journeys, ...next) => journeys.applyNext(...next));
        const alone = outputs(records, turn, (journeys, topic, list, at) => journeys.apply(topic, list[at]!));
        expect(ahead).toEqual(alone);
      },
    ),
    { numRuns: 40 },
  );
});

test('records of the same list are taken in any order', () => {
  const records = recordsOf(
    Array.from({ length: 200 }, (_, i) => ({ kind: 'closed', hours: 0, customer: i, interaction: i })),
  ).interactions;
  const journeys = new Journeys({ partition: 0, policy, hashKey });
  for (const at of [150, 3, 4, 3, 199, 0]) journeys.applyNext('interactions', records, at);
  expect(journeys.size.interactions).toBe(5);
  expect(journeys.clocks.interactions.duplicates).toBe(1);
});
