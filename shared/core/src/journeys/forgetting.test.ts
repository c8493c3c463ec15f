import type { InteractionClosed, SurveyAnswered } from '@seamwatch/contracts/events.ts';
import { encodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SipHash } from '../hash/siphash.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import { customerLink } from './forgetting.ts';
import { Journeys } from './journeys.ts';
import { decodeRollup } from './rollup.ts';
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

function recordOf(step: Exclude<Step, { do: 'restart' }>, offset: number): LogRecord {
  const common = { offset, appendedMs: t0 + 100 * dayMs, key: null };
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (step.do === 'forget') {
    const customer = keyOf('customer', step.customer).slice(1);
    const { headers, value } = encodeForgotten({
      request: `r${offset}`,
      customer,
      requestedAt: toRfc3339(t0),
    });
    return { ...common, headers, value: bytes(value) };
  }
  const at = toRfc3339(step.atMs);
  const closed = (): InteractionClosed => ({
    interactionId: step.id,
    customerId: step.customer,
    startedAt: at,
    closedAt: at,
    startedWith: 'ai',
    handoffs: [{ at, cause: 'policy', answeredAt: at }],
    category: 'faq',
    channel: 'chat',
    claimedResolved: true,
    abandoned: false,
  });
  const answered = (of: string): SurveyAnswered => ({
    surveyId: step.id,
    interactionId: of,
    customerId: step.customer,
    instrument: 'csat',
    score: 4,
    answeredAt: at,
  });
  const [type, data] =
    step.do === 'contact' ? ['interaction.closed', closed()] : ['survey.answered', answered(step.of)];
  const event = { specversion: '1.0', id: `e${offset}`, source: '/test', type: `seam.${type}.v1`, data };
  return { ...common, headers: {}, value: bytes(JSON.stringify(event)) };
}

/** Stage A after these steps, with all that it has written. */
function run(steps: readonly Step[]) {
  const changelog: OutRecord[] = [];
  const deadLetters: OutRecord[] = [];
  const counts = new Map<string, number>();
  const cells = new Map<number, string>();
  const make = () => new Journeys({ partition: 0, policy, hashKey });
  let journeys = make();
  const commit = () => {
    const commit = journeys.commit();
    changelog.push(...commit.changelog);
    deadLetters.push(...commit.deadLetters);
    for (const rollup of commit.rollups) {
      const decoded = decodeRollup(rollup);
      for (const { id, key } of decoded.cells) cells.set(id, key);
      for (const { cell, minute, counts: found } of decoded.groups) {
        for (let i = 0; i < found.length; i += 2) {
          const key = `${cells.get(cell)} ${minute} ${found[i]}`;
          counts.set(key, (counts.get(key) ?? 0) + found[i + 1]!);
        }
      }
    }
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
    journeys.apply(topic, recordOf(step, offsets[topic]++));
  }
  commit();
  for (const [key, n] of counts) if (n === 0) counts.delete(key);
  const newest = new Map(changelog.map(({ key, value }) => [key, value]));
  return { counts, newest, deadLetters, size: journeys.size, clocks: journeys.clocks };
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
