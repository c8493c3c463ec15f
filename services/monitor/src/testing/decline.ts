import type { Policy } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { eventsOf } from '@seamwatch/core/segments/events.fixture.ts';
import { difference, StageB, tellAll } from '@seamwatch/core/segments/pipeline.fixture.ts';
import { expect } from 'vitest';
import { readAll, textOf } from './log.ts';

const fromMs = Date.parse('2024-01-01T00:00:00Z');
const days = 80;
const endMs = fromMs + days * dayMs;
const decline = {
  fromMs: fromMs + 60 * dayMs,
  toMs: fromMs + 70 * dayMs,
  escalated: 0.5,
  repeat: 0.4,
  unhappy: 0.6,
};

/** Eighty days of a made-up contact centre with a decline, under this policy, with rates of the last two days. */
export const events = eventsOf({ fromMs, days, perDay: 40, seed: 3, decline }).filter(
  (e) => e.timeMs < endMs,
);
export const written = {
  version: 1,
  segments: [{ each: ['path'] }, { each: ['category'] }],
  falseAlarms: { per30Days: 30, clearAfterDays: 1 },
};
export const ratesFrom = endMs - 2 * dayMs;

/** What is shown of them where nothing goes wrong, told without any log. */
export function rightOf(policy: Policy): StageB {
  const stage = new StageB({ policy, partitions: 1, ratesFrom });
  const appendedMs = () => endMs + dayMs;
  const [told] = tellAll(events, { policy, partitions: 1, appendedMs, commitAfter: (i) => i % 97 === 0 });
  for (const rollup of told!) stage.apply(rollup);
  stage.commit();
  return stage;
}

/** Holds what a log shows against it: every alert and rate in order, of each day the newest record. */
export async function expectRight(log: EventLog, right: StageB): Promise<void> {
  const of = async (topic: 'alerts' | 'days' | 'rates') =>
    (await readAll(log, topic))
      .filter((r) => !r.key!.startsWith('~') && !textOf(r).includes('"provisional":true'))
      .map((r) => ({ key: r.key!, json: textOf(r) }));
  const newest = (all: StageB['shown']['days']) =>
    [...new Map(all.map((day) => [day.key, day])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = { alerts: await of('alerts'), days: newest(await of('days')), rates: await of('rates') };
  expect(shown.alerts.length).toBeGreaterThan(10);
  expect(
    difference({ shown }, { shown: { ...right.shown, days: newest(right.shown.days) } }),
  ).toBeUndefined();
}
