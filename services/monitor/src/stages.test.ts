import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { eventsOf } from '@seamwatch/core/segments/events.fixture.ts';
import { difference, StageB, tellAll } from '@seamwatch/core/segments/pipeline.fixture.ts';
import { expect, onTestFinished, test } from 'vitest';
import { runMonitor } from './monitor.ts';
import { Death, mortal, openLog, produced, progressUntil, readAll, textOf } from './testing/log.ts';

const policy = policySchema.parse({
  version: 1,
  segments: [{ each: ['path'] }, { each: ['category'] }],
  falseAlarms: { per30Days: 30, clearAfterDays: 1 },
});
const hashKey = new Uint8Array(16).fill(7);
const fromMs = Date.parse('2024-01-01T00:00:00Z');
const days = 80;
const endMs = fromMs + days * dayMs;
const ratesFrom = endMs - 2 * dayMs;
const events = eventsOf({
  fromMs,
  days,
  perDay: 40,
  seed: 3,
  decline: {
    fromMs: fromMs + 60 * dayMs,
    toMs: fromMs + 70 * dayMs,
    escalated: 0.5,
    repeat: 0.4,
    unhappy: 0.6,
  },
}).filter((e) => e.timeMs < endMs);

/** What is shown where nothing goes wrong, told without any log. */
const right = (() => {
  const stage = new StageB({ policy, partitions: 1, ratesFrom });
  const [told] = tellAll(events, {
    policy,
    partitions: 1,
    appendedMs: () => endMs + dayMs,
    commitAfter: (i) => i % 97 === 0,
  });
  for (const rollup of told!) stage.apply(rollup);
  stage.commit();
  return stage;
})();

/** Holds what a log shows against it: every alert and rate in order, of each day the newest record. */
async function expectRight(log: EventLog): Promise<void> {
  const of = async (topic: 'alerts' | 'days' | 'rates') =>
    (await readAll(log, topic))
      .filter((r) => !r.key!.startsWith('~') && !textOf(r).includes('"provisional":true'))
      .map((r) => ({ key: r.key!, json: textOf(r) }));
  const newest = (days: StageB['shown']['days']) =>
    [...new Map(days.map((day) => [day.key, day])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = { alerts: await of('alerts'), days: newest(await of('days')), rates: await of('rates') };
  expect(
    difference({ shown }, { shown: { ...right.shown, days: newest(right.shown.days) } }),
  ).toBeUndefined();
}

test.each([1, 2])(
  'processes that die at any commit leave the same as one that lives (%i)',
  { timeout: 180_000 },
  async (seed) => {
    const log = openLog(2);
    const stop = new AbortController();
    const clock = { ms: 0 };
    let mercy = false;
    let commits = 0;
    const deaths = { before: 0, after: 0 };
    const dies = () => {
      commits++;
      // Every sixth or seventh commit: how many commits there are depends on the machine.
      if (mercy || commits % (5 + seed) !== 0) return undefined;
      const when = deaths.before <= deaths.after ? 'before' : 'after';
      deaths[when]++;
      return when;
    };
    const live = async () => {
      const pace = { records: 40, everyMs: 1e9 };
      const log1 = mortal(log, dies);
      while (!stop.signal.aborted) {
        await runMonitor({
          log: log1,
          policy,
          hashKey,
          signal: stop.signal,
          now: () => clock.ms,
          ratesFrom,
          pace,
        }).catch((error: unknown) => {
          if (!(error instanceof Death)) throw error;
        });
      }
    };
    const living = live();
    living.catch(() => {});
    onTestFinished(async () => {
      stop.abort();
      await living;
    });

    for (let i = 0; i < events.length; i += 100) {
      await log.append(events.slice(i, i + 100).map((e, k) => produced(e, i + k)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    mercy = true;
    await progressUntil(log, (p) => p.sources.reduce((n, s) => n + s.events, 0) === events.length);
    // Again and again: a process that starts only now waits from now on.
    const passing = setInterval(() => {
      clock.ms += policy.time.idleAfter;
    }, 200);
    onTestFinished(() => clearInterval(passing));
    const progress = await progressUntil(log, (p) => p.sources.every((s) => s.state === 'idle'));
    stop.abort();
    await living;

    expect(progress.asOf).toBe(right.progress!.asOf);
    await expectRight(log);
    expect(right.shown.alerts.length).toBeGreaterThan(10);
    expect(deaths.before).toBeGreaterThan(2);
    expect(deaths.after).toBeGreaterThan(2);
  },
);

test('a backlog whose batches span months loses no survey', { timeout: 120_000 }, async () => {
  const log = openLog(1);
  await log.append(events.map(produced));
  const stop = new AbortController();
  const clock = { ms: 0 };
  const running = runMonitor({
    log,
    policy,
    hashKey,
    signal: stop.signal,
    now: () => clock.ms,
    ratesFrom,
  });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await progressUntil(log, (p) => p.sources.reduce((n, s) => n + s.events, 0) === events.length);
  clock.ms += policy.time.idleAfter;
  const progress = await progressUntil(log, (p) => p.sources.every((s) => s.state === 'idle'));
  expect(progress.deadByReason).toEqual({});
  await expectRight(log);
});
