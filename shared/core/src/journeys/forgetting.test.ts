import { answeredSurvey, closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { encodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SipHash } from '../hash/siphash.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { customerLink } from './forgetting.ts';
import { Journeys } from './journeys.ts';
import { RollupSums } from './rollup-sums.fixture.ts';
import { rowKey } from './row-key.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const policy = policySchema.parse({ version: 1 });
const hashKey = new Uint8Array(16).fill(7);
const keyOf = (kind: 'customer' | 'interaction' | 'survey', id: string) => {
  const { hi, lo } = new SipHash(hashKey).text(id);
  return rowKey(kind, hi, lo);
};

type Step =
  | { do: 'contact'; id: string; customer: string | null; atMs: number }
  | { do: 'answer'; id: string; of: string; customer: string; atMs: number }
  | { do: 'forget'; customer: string }
  | { do: 'restart' };

const contact = (id: string, customer: string | null, atMs: number): Step => ({
  do: 'contact',
  id,
  customer,
  atMs,
});
const answer = (id: string, of: string, customer: string, atMs: number): Step => ({
  do: 'answer',
  id,
  of,
  customer,
  atMs,
});
const forget = (customer: string): Step => ({ do: 'forget', customer });

function recordOfStep(step: Exclude<Step, { do: 'restart' }>, offset: number): LogRecord {
  const appendedMs = t0 + 100 * dayMs;
  if (step.do === 'forget') {
    const customer = keyOf('customer', step.customer).slice(1);
    const { headers, value } = encodeForgotten({
      request: `r${offset}`,
      customer,
      requestedAt: toRfc3339(t0),
    });
    return { offset, appendedMs, key: null, headers, value: new TextEncoder().encode(value) };
  }
  const at = toRfc3339(step.atMs);
  const customerId = step.customer;
  const data =
    step.do === 'contact'
      ? closedInteraction(step.id, at, {
          customerId,
          handoffs: [{ at, cause: 'policy', answeredAt: at }],
        })
      : answeredSurvey(step.id, step.of, at, { customerId });
  return recordOf({ data }, offset, appendedMs);
}

/** Stage A after these steps, with all that it has written. */
function run(steps: readonly Step[]) {
  const changelog: OutRecord[] = [];
  const deadLetters: OutRecord[] = [];
  const counted = new RollupSums();
  const make = () => new Journeys({ partition: 0, policy, hashKey });
  let journeys = make();
  const commit = () => {
    const commit = journeys.commit();
    changelog.push(...commit.changelog);
    deadLetters.push(...commit.deadLetters);
    for (const rollup of commit.rollups) counted.add(rollup);
  };
  const offsets = { interactions: 0, surveys: 0 };
  for (const step of steps) {
    if (step.do === 'restart') {
      commit();
      journeys = make();
      // As Kafka may give them before compaction: all values, topic by topic.
      for (const topic of ['journeys', 'outcomes'])
        for (const r of changelog)
          if (r.topic === topic) journeys.restore(r.key, r.value as Uint8Array | null);
      journeys.restored();
      continue;
    }
    const topic = step.do === 'answer' ? 'surveys' : 'interactions';
    journeys.apply(topic, recordOfStep(step, offsets[topic]++));
  }
  commit();
  const newest = new Map(changelog.map(({ key, value }) => [key, value]));
  return { counts: counted.sums, newest, deadLetters, size: journeys.size, clocks: journeys.clocks };
}

const restart: Step = { do: 'restart' };

describe('a customer that is forgotten', () => {
  const before = [
    contact('i1', 'ann', t0),
    contact('i2', 'ann', t0 + hourMs),
    contact('j1', 'bob', t0 + hourMs),
    answer('s1', 'i1', 'ann', t0 + 2 * hourMs),
  ];

  test('leaves memory and changelog at once, with its interactions and their surveys; counts stay', () => {
    for (const steps of [before, [...before, restart]]) {
      const { counts, newest, size } = run([...steps, forget('ann')]);
      expect(size).toEqual({ customers: 1, interactions: 1, surveys: 0 });
      expect(counts).toEqual(run(before).counts);
      expect(newest.get(keyOf('customer', 'ann'))).toBeNull();
      expect(newest.get(keyOf('customer', 'bob'))).not.toBeNull();
      for (const key of [keyOf('interaction', 'i1'), keyOf('interaction', 'i2'), keyOf('survey', 's1')]) {
        expect(newest.get(key) ?? null).toBeNull();
      }
    }
  });

  test('is found in the changelog by the end of its interactions', () => {
    const { hi, lo } = new SipHash(hashKey).text('ann');
    const link = Buffer.from(customerLink(hi, lo));
    const holds = (steps: readonly Step[]) =>
      [...run(steps).newest].filter(
        ([key, value]) =>
          key?.startsWith('i') &&
          value &&
          Buffer.from(value as Uint8Array)
            .subarray(-link.length)
            .equals(link),
      ).length;
    expect([holds(before), holds([...before, restart, forget('ann')])]).toEqual([2, 0]);
  });

  test('stays forgotten after a restart, also where older values of the changelog are still there', () => {
    const { size } = run([...before, restart, forget('ann'), restart]);
    expect(size).toEqual({ customers: 1, interactions: 1, surveys: 0 });
  });

  test('moves no watermark and is no event: it may come at any time', () => {
    const { clocks } = run([...before, forget('ann')]);
    const without = run(before).clocks;
    expect(clocks.interactions).toMatchObject({
      watermarkMs: without.interactions.watermarkMs,
      events: without.interactions.events,
      dead: 0,
      position: without.interactions.position + 1,
    });
  });

  test('takes along a survey that waits for its interaction, and no other', () => {
    const waiting = [answer('s2', 'unknown', 'ann', t0), answer('s3', 'unknown', 'bob', t0)];
    const { size, deadLetters } = run([
      ...waiting,
      restart,
      forget('ann'),
      contact('i9', 'bob', t0 + 30 * dayMs),
      contact('i10', 'bob', t0 + 30 * dayMs + 2 * hourMs),
    ]);
    expect(size.surveys).toBe(0);
    expect(deadLetters.map(({ value }) => Buffer.from(value as Uint8Array).toString())).toEqual([
      expect.stringContaining('"bob"'),
    ]);
  });

  test('is nobody where nothing is known: nothing happens', () => {
    expect(run([...before, forget('eve')]).size).toEqual(run(before).size);
  });

  const moments = fc.array(
    fc.record({
      customer: fc.constantFrom('ann', 'bob', null),
      minutes: fc.nat(9 * 24 * 60),
      answered: fc.boolean(),
      restart: fc.boolean(),
    }),
    { maxLength: 25 },
  );
  test('who comes back is counted as another customer would be', () => {
    fc.assert(
      fc.property(moments, fc.nat(25), (list, at) => {
        const steps = (nameOf: (customer: string | null, i: number) => string | null, forgets: boolean) =>
          list.flatMap(({ customer, minutes, ...also }, i) => {
            const atMs = t0 + minutes * minuteMs + i;
            const name = nameOf(customer, i);
            const told = [contact(`i${i}`, name, atMs)];
            if (also.answered) told.push(answer(`s${i}`, `i${i}`, name ?? 'x', atMs));
            if (also.restart) told.push(restart);
            return i === at && forgets ? [forget('ann'), ...told] : told;
          });
        const forgotten = run(steps((customer) => customer, true));
        const renamed = run(steps((c, i) => (c === 'ann' && i >= at ? 'other' : c), false));
        expect(forgotten.counts).toEqual(renamed.counts);
        expect(forgotten.deadLetters.length).toBe(renamed.deadLetters.length);
      }),
      { numRuns: 150 },
    );
  });
});
