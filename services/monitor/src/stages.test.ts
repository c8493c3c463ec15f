import { policySchema } from '@seamwatch/contracts/policy.ts';
import { expect, onTestFinished, test } from 'vitest';
import { runMonitor } from './monitor.ts';
import { events, expectRight, ratesFrom, rightOf, written } from './testing/decline.ts';
import { Death, mortal, openLog, produced, progressUntil } from './testing/log.ts';
import { hashKey, runOn } from './testing/run.ts';

const policy = policySchema.parse(written);
const right = rightOf(policy);

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
    await expectRight(log, right);
    expect(right.shown.alerts.length).toBeGreaterThan(10);
    expect(deaths.before).toBeGreaterThan(2);
    expect(deaths.after).toBeGreaterThan(2);
  },
);

test('a backlog whose batches span months loses no survey', { timeout: 120_000 }, async () => {
  const log = openLog(1);
  await log.append(events.map(produced));
  const clock = runOn(log, { policy, ratesFrom });
  await progressUntil(log, (p) => p.sources.reduce((n, s) => n + s.events, 0) === events.length);
  clock.ms += policy.time.idleAfter;
  const progress = await progressUntil(log, (p) => p.sources.every((s) => s.state === 'idle'));
  expect(progress.deadByReason).toEqual({});
  await expectRight(log, right);
});
