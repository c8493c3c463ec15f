import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterLayout } from '../cells/counters.ts';
import { Trials } from './trials.ts';

const layout = new CounterLayout(3);
const { all } = layout.cohorts;
const lag = 240;
const step = 720;

// Customers who enter at a minute, may come back at an age, and whose entry and return become known at some closed minute.
const person = fc.record({
  entered: fc.integer({ min: 0, max: 8 }).map((n) => n * step),
  age: fc.option(fc.integer({ min: 0, max: 2 })),
  entryKnown: fc.nat(14).map((n) => n * step),
  returnKnown: fc.nat(14).map((n) => n * step),
});

test('trials with corrections add up to at-risk and events by age, however late things become known', () => {
  fc.assert(
    fc.property(fc.array(person, { maxLength: 8 }), (people) => {
      const trials = new Trials(layout, lag);
      const sums = new Map<string, number>();
      const count = (minute: number, counter: number, delta: number) => {
        const key = `${minute} ${counter}`;
        sums.set(key, (sums.get(key) ?? 0) + delta);
      };
      const end = 16 * step;
      for (let minute = 0; minute <= end; minute++) {
        for (const { entered, age, entryKnown, returnKnown } of people) {
          const known = Math.max(entered, entryKnown);
          if (known === minute) trials.add(0, entered, all.entered, 1, minute - 1, count);
          if (age !== null && Math.max(known, returnKnown) === minute)
            trials.add(0, entered, all.events + age, 1, minute - 1, count);
        }
        for (const t of trials.take(minute)) {
          for (const { age, atRisk, failed } of t.hazards) {
            count(minute, all.atRisk + age, atRisk);
            count(minute, all.failed + age, failed);
          }
        }
      }
      const expected = new Map<string, number>();
      for (const { entered, age: failedAge } of people) {
        for (let age = 0; age <= (failedAge ?? 2); age++) {
          const due = entered + (age + 1) * 1440 + lag;
          if (due > end) continue;
          for (const counter of [all.atRisk + age, ...(age === failedAge ? [all.failed + age] : [])]) {
            expected.set(`${due} ${counter}`, (expected.get(`${due} ${counter}`) ?? 0) + 1);
          }
        }
      }
      for (const [key, n] of sums) if (n === 0) sums.delete(key);
      expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 60 },
  );
});
