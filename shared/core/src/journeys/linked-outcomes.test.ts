import { dayMs, minuteMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CounterLayout } from '../cells/counters.ts';
import { type Band, bandOf, LinkedCounters } from '../cells/linked-counters.ts';
import { type LinkedCount, type LinkedFacts, linkedChanges, linkedCounts } from './linked-outcomes.ts';

const counters = new LinkedCounters(new CounterLayout(7));
const day = dayMs / minuteMs;
const closed = 20_000 * day;
const facts = (over: Partial<LinkedFacts> = {}): LinkedFacts => ({
  closeMs: closed * minuteMs,
  stamp: closed,
  identified: true,
  abandoned: false,
  repeatAge: -1,
  repeatStamp: 0,
  answers: [],
  ...over,
});
const csat = (score: number, afterDays: number, lateDays = 0) => ({
  instrument: 'csat' as const,
  score,
  answeredMs: (closed + afterDays * day) * minuteMs,
  stamp: closed + Math.floor((afterDays + lateDays) * day),
});
const earlier = (band: Band, repeated = false, abandoned = false) => ({ abandoned, band, repeated });

/** Sums of counters over all counts that evidence may use by a stamp. */
function sums(counts: readonly LinkedCount[], until = Number.POSITIVE_INFINITY): Map<number, number> {
  const total = new Map<number, number>();
  for (const { stamp, counter, delta } of counts) {
    if (stamp <= until) total.set(counter, (total.get(counter) ?? 0) + delta);
  }
  return new Map([...total].filter(([, n]) => n !== 0).sort(([a], [b]) => a - b));
}
const atRisk = (total: ReadonlyMap<number, number>, age: number, band: Band): number => {
  let n = 0;
  for (let a = 0; a <= age; a++) n += total.get(counters.joined(a, earlier(band))) ?? 0;
  return n;
};

describe('outcomes of one interaction that are conditioned on each other', () => {
  test('every number says again what it counts', () => {
    for (let i = 0; i < counters.size; i++) {
      const of = counters.parse(counters.first + i);
      const context = of.context;
      const back = {
        repeated: context >= 8,
        abandoned: context % 8 >= 4,
        band: (context % 4) as Band,
      };
      const again =
        of.kind === 'score'
          ? counters.score(of.instrument, of.bin + (of.instrument === 'nps' ? 0 : 1), back)
          : counters[of.kind](of.age, back);
      expect(again).toBe(counters.first + i);
    }
  });

  test('an interaction without answers is at risk at each age until its customer comes back', () => {
    const total = sums(linkedCounts(facts({ repeatAge: 3, repeatStamp: closed + 4 * day }), counters));
    expect([0, 3, 4, 6].map((age) => atRisk(total, age, 0))).toEqual([1, 1, 0, 0]);
    expect(total.get(counters.failed(3, earlier(0)))).toBe(1);
  });

  test('from the day of its answer on it is at risk among those who answered so', () => {
    const total = sums(linkedCounts(facts({ answers: [csat(1, 2.5)] }), counters));
    expect([1, 2, 6].map((age) => atRisk(total, age, 0))).toEqual([1, 0, 0]);
    expect([1, 2, 6].map((age) => atRisk(total, age, bandOf('csat', 1)))).toEqual([0, 1, 1]);
  });

  test('an answer is conditioned on the repeat contact that came before it, not on one that came after', () => {
    const repeat = { repeatAge: 1, repeatStamp: closed + 1.5 * day };
    const after = sums(linkedCounts(facts({ ...repeat, answers: [csat(2, 3)] }), counters));
    expect(after.get(counters.score('csat', 2, earlier(0, true)))).toBe(1);
    const before = sums(linkedCounts(facts({ ...repeat, answers: [csat(2, 0.5)] }), counters));
    expect(before.get(counters.score('csat', 2, earlier(0)))).toBe(1);
    expect(before.get(counters.failed(1, earlier(1)))).toBe(1);
  });

  test('a second answer is conditioned on the first', () => {
    const nps = { ...csat(0, 2), instrument: 'nps' as const, score: 9 };
    const total = sums(linkedCounts(facts({ answers: [nps, csat(1, 1)] }), counters));
    expect(total.get(counters.score('csat', 1, earlier(0)))).toBe(1);
    expect(total.get(counters.score('nps', 9, earlier(1)))).toBe(1);
  });

  test('whose customer is unknown is at no risk of being seen again', () => {
    const total = sums(linkedCounts(facts({ identified: false, answers: [csat(5, 1)] }), counters));
    expect([...total.keys()]).toEqual([counters.score('csat', 5, earlier(0))]);
  });
});

const answerOf = fc.record({
  score: fc.integer({ min: 1, max: 5 }),
  after: fc.double({ min: -0.1, max: 8, noNaN: true }),
  late: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 9, noNaN: true })),
});
const anyFacts = fc
  .record({
    answers: fc.array(answerOf, { maxLength: 4 }),
    repeatAge: fc.integer({ min: -1, max: 6 }),
    repeatLate: fc.double({ min: 0, max: 9, noNaN: true }),
    abandoned: fc.boolean(),
  })
  .map(({ answers, repeatAge, repeatLate, abandoned }) =>
    facts({
      abandoned,
      repeatAge,
      repeatStamp: closed + Math.floor((Math.max(0, repeatAge) + repeatLate) * day),
      answers: answers.map(({ score, after, late }) => csat(score, after, late)),
    }),
  );

describe('whatever the facts', () => {
  test('somebody is at risk in exactly one context at each age, and in none after coming back', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const total = sums(linkedCounts(any, counters));
        for (let age = 0; age < 7; age++) {
          const contexts = ([0, 1, 2, 3] as const).flatMap((band) =>
            [false, true].map((abandoned) => {
              let n = 0;
              for (let a = 0; a <= age; a++)
                n += total.get(counters.joined(a, earlier(band, false, abandoned))) ?? 0;
              return n;
            }),
          );
          const expected = any.repeatAge < 0 || age <= any.repeatAge ? 1 : 0;
          expect(contexts.filter((n) => n !== 0)).toEqual(expected ? [1] : []);
        }
      }),
    );
  });

  test('what is known by a minute does not depend on what comes later', () => {
    fc.assert(
      fc.property(anyFacts, fc.double({ min: -1, max: 18, noNaN: true }), (any, days) => {
        const now = closed + Math.floor(days * day);
        const known = any.repeatAge >= 0 && any.repeatStamp <= now;
        const soFar = {
          ...any,
          repeatAge: known ? any.repeatAge : -1,
          answers: any.answers.filter((a) => a.stamp <= now),
        };
        expect(sums(linkedCounts(soFar, counters), now)).toEqual(sums(linkedCounts(any, counters), now));
      }),
    );
  });

  test('facts that come one by one leave the same as all at once', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const inOrder = any.answers.toSorted((a, b) => a.stamp - b.stamp);
        let before: LinkedCount[] = linkedCounts({ ...any, answers: [] }, counters);
        const told = [...before];
        inOrder.forEach(({ stamp }, i) => {
          const after = linkedCounts({ ...any, answers: inOrder.slice(0, i + 1) }, counters);
          told.push(...linkedChanges(before, after, stamp));
          before = after;
        });
        expect(sums(told)).toEqual(sums(before));
      }),
    );
  });
});
