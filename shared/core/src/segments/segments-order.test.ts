import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsOf } from './events.fixture.ts';
import { difference, StageB, type Told, tellAll } from './pipeline.fixture.ts';

const policy = policySchema.parse({
  version: 1,
  categories: { dispute: { tier: 2 } },
  segments: [
    { each: ['category'] },
    { each: ['path'] },
    { each: ['path', 'category'] },
    { each: ['channel'] },
  ],
  maximumSegments: 12,
  falseAlarms: { per30Days: 30, clearAfterDays: 1 },
});
const fromMs = Date.parse('2026-01-05T00:00:00Z');
const days = 84;
const endMs = fromMs + days * dayMs;
const events = eventsOf({
  fromMs,
  days,
  perDay: 45,
  seed: 11,
  channelsAt: (ms) => (ms < fromMs + 50 * dayMs ? ['chat', 'voice'] : ['chat', 'voice', 'e-mail']),
  decline: { fromMs: fromMs + 63 * dayMs, escalated: 0.5, repeat: 0.4, unhappy: 0.6 },
}).filter((e) => e.timeMs < endMs);
const appendedMs = () => endMs + dayMs;

/** Stage B over the rollups of several partitions, each time the next of the partition that is named. */
function run(told: readonly (readonly Told[])[], order: Iterable<number>): StageB {
  const stage = new StageB({ policy, partitions: told.length, ratesFrom: endMs - 3 * dayMs });
  const next = told.map(() => 0);
  const take = (p: number) => {
    const rollup = told[p]![next[p]!++];
    if (rollup) stage.apply(rollup);
  };
  for (const p of order) take(p % told.length);
  for (const [p, all] of told.entries()) while (next[p]! < all.length) take(p);
  stage.segments.showAll();
  stage.commit();
  return stage;
}

test('several partitions show the same to the byte, however their rollups interleave', {
  timeout: 120_000,
}, () => {
  const commitAfter = (i: number) => i % 97 === 0;
  const told = tellAll(events, { policy, partitions: 3, appendedMs, commitAfter });
  const right = run(
    told,
    Array.from({ length: 1_000 }, (_, i) => i),
  );
  expect(right.alerts.map((a) => a.change)).toContain('escalated');
  const orders = fc.oneof(
    fc.array(fc.nat(2), { minLength: 50, maxLength: 400 }),
    fc.constantFrom([], Array<number>(400).fill(2), Array<number>(300).fill(1)),
  );
  fc.assert(
    fc.property(orders, (order) => {
      expect(difference(run(told, order), right)).toBeUndefined();
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
