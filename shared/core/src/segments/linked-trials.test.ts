import { dayMinutes } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { CounterLayout } from '../cells/counters.ts';
import { LinkedCounters } from '../cells/linked-counters.ts';
import { linkedCounts } from '../journeys/linked-outcomes.ts';
import { type LinkedTrial, LinkedTrials } from './linked-trials.ts';

const counters = new LinkedCounters(new CounterLayout(7));
const lag = 240;
const start = 20_000 * dayMinutes;

const interactions = fc.array(
  fc.record({
    closed: fc.nat(2 * dayMinutes),
    repeatAge: fc.integer({ min: -1, max: 6 }),
    abandoned: fc.boolean(),
    score: fc.integer({ min: 1, max: 5 }),
    answeredAfter: fc.integer({ min: 0, max: 9 * dayMinutes }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** A process that ends, and another that goes on from what it wrote. */
function restarted(trials: LinkedTrials): LinkedTrials {
  const next = new LinkedTrials(counters, lag);
  for (let hour = start / 60; hour < start / 60 + 60; hour++) {
    const to = new ByteWriter();
    if (trials.encode(hour, to)) next.restore(hour, new ByteReader(to.take()));
  }
  return next;
}

test('everybody is at risk once at each age until coming back, whatever was answered, over any restart', () => {
  fc.assert(
    fc.property(interactions, fc.nat(12 * dayMinutes), (contacts, restartAt) => {
      let trials = new LinkedTrials(counters, lag);
      const seen: LinkedTrial[] = [];
      const told = contacts.flatMap(({ closed, repeatAge, abandoned, score, answeredAfter }) => {
        const close = start + closed;
        const answeredAt = close + answeredAfter;
        const answers = [
          { instrument: 'csat' as const, score, answeredMs: answeredAt * 60_000, stamp: answeredAt },
        ];
        const repeatStamp = close + (repeatAge + 1) * dayMinutes;
        const facts = { identified: true, abandoned, repeatAge, repeatStamp, answers };
        return linkedCounts({ ...facts, closeMs: close * 60_000, stamp: close }, counters);
      });
      for (let now = start; now < start + 12 * dayMinutes; now++) {
        for (const { minute, stamp, counter, delta } of told) {
          if (stamp === now && counters.parse(counter).kind !== 'score')
            trials.add(0, minute, counter, delta, now);
        }
        seen.push(...trials.take(now));
        if (now - start === restartAt) trials = restarted(trials);
      }
      for (let age = 0; age < 7; age++) {
        const at = seen.filter((trial) => trial.age === age);
        const stillThere = contacts.filter((c) => c.repeatAge < 0 || c.repeatAge >= age);
        expect(at.reduce((n, trial) => n + trial.atRisk, 0)).toBe(stillThere.length);
        const back = contacts.filter((c) => c.repeatAge === age);
        expect(at.reduce((n, trial) => n + trial.failed, 0)).toBe(back.length);
      }
      expect(trials.empty).toBe(true);
    }),
    { numRuns: 20 },
  );
});
