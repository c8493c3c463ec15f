import type { Signal } from '@seamwatch/contracts/measures.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { encodeRebased } from '@seamwatch/contracts/rebasing.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf } from './events.fixture.ts';
import { difference, StageB, type Told, tellAll } from './pipeline.fixture.ts';
import { Segments } from './segments.ts';

const asWritten = {
  version: 1,
  timeZone: 'Europe/Zurich',
  categories: { dispute: { tier: 2 } },
  segments: [
    { each: ['path'] },
    { each: ['channel'] },
    { each: ['path', 'category'] },
    { each: ['modelVersion'] },
  ],
  falseAlarms: { per30Days: 30, clearAfterDays: 1 },
};
const policy = policySchema.parse(asWritten);
const fromMs = Date.parse('2026-01-05T00:00:00Z');
const days = 98;
const endMs = fromMs + days * dayMs;
// A decline that comes and goes, a channel and a model that appear on the way, and a last day that is seen live.
const events = eventsOf({
  fromMs,
  days,
  perDay: 40,
  seed: 5,
  channelsAt: (ms) => (ms < fromMs + 60 * dayMs ? ['chat', 'voice'] : ['chat', 'voice', 'e-mail']),
  decline: {
    fromMs: fromMs + 63 * dayMs,
    toMs: fromMs + 77 * dayMs,
    where: ({ category }) => category !== 'faq',
    escalated: 0.5,
    repeat: 0.4,
    unhappy: 0.6,
  },
}).filter((e) => e.timeMs < endMs);
const ratesFrom = endMs - 3 * dayMs;
/** Taken by the log as they happened on the last day, all at once before. */
const liveMs = endMs - dayMs;
const appendedLive = (timeMs: number) => Math.max(timeMs + 1_000, liveMs);
const appendedLater = () => endMs + dayMs;

/** Stage B over rollups, with a commit after those named, and there a process that starts anew. */
function run(told: readonly Told[], restarts: ReadonlySet<number> = new Set()): StageB {
  const stage = new StageB({ policy, partitions: 1, ratesFrom });
  for (const [i, rollup] of told.entries()) {
    stage.apply(rollup);
    if (!restarts.has(i)) continue;
    stage.commit();
    stage.restart();
  }
  stage.commit();
  return stage;
}

const everyFew = (i: number) => i % 97 === 0;
const [live] = tellAll(events, { policy, partitions: 1, appendedMs: appendedLive, commitAfter: everyFew });
/** Late in the decline somebody takes one of its alerts as the new normal. */
const late = Math.floor(0.75 * live!.length);
const standing = Map.groupBy(run(live!.slice(0, late)).alerts, (a) => a.id)
  .values()
  .map((changes) => changes.at(-1)!)
  .find((alert) => alert.status !== 'resolved' && alert.measure !== 'composite')!;
const { segment, measure } = standing;
const rebased = encodeRebased('r1', {
  segment,
  measure: measure as Signal,
  requestedAt: '2026-03-18T12:00:00Z',
});
const told = live!.toSpliced(late, 0, {
  partition: 0,
  appendedMs: endMs,
  headers: rebased.headers,
  value: new TextEncoder().encode(rebased.value),
});
const undisturbed = run(told);

describe('fourteen weeks with a decline that is found and ends', () => {
  test('raise alerts and resolve them', () => {
    const changes = new Set(undisturbed.alerts.map((a) => a.change));
    for (const change of ['opened', 'updated', 'escalated', 'notice', 'recovering', 'rebased', 'resolved']) {
      expect(changes).toContain(change);
    }
    expect(undisturbed.shown.rates.length).toBeGreaterThan(1_000);
    const { evidence } = undisturbed.rates.get('all')!;
    // Too little may be known of what was re-based; the others are all there.
    const all = ['escalation_rate', 'repeat_contact', 'csat', 'nps', 'composite'];
    const known = new Set<string>(evidence!.map((e) => e.measure));
    expect(all.filter((name) => !known.has(name) && name !== measure)).toEqual([]);
  });

  test('show the same to the byte when stage B dies while it closes the weeks that a slow source has held up', {
    timeout: 120_000,
  }, () => {
    const [ahead, behind] = tellAll(events, {
      policy,
      partitions: 2,
      appendedMs: appendedLive,
      commitAfter: everyFew,
    }) as [Told[], Told[]];
    const run = (stepsOf: (i: number) => number | undefined) => {
      const stage = new StageB({ policy, partitions: 2, ratesFrom });
      for (const rollup of ahead) stage.apply(rollup);
      for (const [i, rollup] of behind.entries()) {
        const steps = stepsOf(i);
        if (steps === undefined) stage.apply(rollup);
        else stage.applyInPart(rollup, steps);
      }
      stage.commit();
      return stage;
    };
    const whole = run(() => undefined);
    expect(whole.alerts.length).toBeGreaterThan(10);
    expect(
      difference(
        run((i) => (i % 3 === 0 ? 1 + ((i * 131) % 1_500) : undefined)),
        whole,
      ),
    ).toBeUndefined();
  });

  test('show the same to the byte, whenever stage B restarts', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(told.length - 1), { minLength: 1, maxLength: 12 }), (at) => {
        expect(difference(run(told, new Set(at)), undisturbed)).toBeUndefined();
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  test('show the same to the byte, however the events are split into commits, and whenever stage A restarts', {
    timeout: 120_000,
  }, () => {
    const tell = (commitAfter: (i: number) => boolean, restartAfter: (i: number) => boolean) =>
      tellAll(events, { policy, partitions: 1, appendedMs: appendedLater, commitAfter, restartAfter })[0]!;
    const right = run(
      tell(
        () => false,
        () => false,
      ),
    );
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2_000 })), {
      minLength: 10,
      maxLength: 40,
    });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 9 }), (batches, every) => {
        const commits = new Set<number>();
        for (let i = 0, batch = 0; i < events.length; i += batches[batch++ % batches.length]!) commits.add(i);
        const restarts = new Set([...commits].filter((_, n) => n % every === 0));
        const split = tell(
          (i) => commits.has(i),
          (i) => restarts.has(i),
        );
        expect(difference(run(split, new Set([Math.floor(split.length / 2)])), right)).toBeUndefined();
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});

test('state of another version is refused', () => {
  const segments = new Segments({ policy, partitions: 1 });
  segments.restore('~', new Uint8Array([14, 0]));
  segments.restore('d0', new Uint8Array([1, 97, 1]));
  expect(() => segments.restored()).toThrow(/another version of Seamwatch/);
  expect(() => segments.restored()).toThrow(expect.objectContaining({ code: 'SEAM_STORE_VERSION' }));
});

describe('another policy after a restart', () => {
  const restarted = (more: object) => {
    const stage = new StageB({ policy, partitions: 1, ratesFrom });
    for (const rollup of told.slice(0, 30)) stage.apply(rollup);
    stage.commit();
    stage.restart(policySchema.parse({ ...asWritten, ...more }));
    return stage;
  };

  test('may have more segments, or fewer: those that stay go on', () => {
    const finished = (stage: StageB) => {
      for (const rollup of told.slice(30)) stage.apply(rollup);
      stage.segments.showAll();
      stage.commit();
      return stage;
    };
    const volume = (stage: StageB, segment: string) => {
      const points = stage.rates.get(segment)?.points;
      return points?.find((p) => p.window === '28d' && p.measure === 'volume')?.value;
    };
    const right = volume(undisturbed, 'channel:voice');
    expect(right).toBeGreaterThan(100);
    const voice = { id: 'voice', where: { channel: 'voice' } };
    const more = finished(restarted({ segments: [voice, ...asWritten.segments] }));
    expect([volume(more, 'channel:voice'), volume(more, 'voice')]).toEqual([right, right]);
    const fewer = finished(restarted({ segments: [{ each: ['channel'] }] }));
    expect(volume(fewer, 'channel:voice')).toBe(right);
  });

  test('may put cells into other segments: those that stay are right in every window, and nothing is lost on the way out', () => {
    const stage = restarted({ segments: [{ each: ['channel', 'category'] }] });
    for (const rollup of told.slice(30)) stage.apply(rollup);
    stage.segments.showAll();
    stage.commit();
    const counts = (of: StageB, segment: string) =>
      of.rates.get(segment)!.points.map(({ window, measure, n }) => [window, measure, n]);
    const other = new StageB({ policy, partitions: 1, ratesFrom });
    for (const rollup of told) other.apply(rollup);
    other.segments.showAll();
    other.commit();
    for (const segment of ['all', 'path:seam', 'tier:1.path:ai'])
      expect(counts(stage, segment)).toEqual(counts(other, segment));
  });

  test('may not have another repeat window, which all counts are cut by', () => {
    expect(() => restarted({ repeat: { window: '14d' } })).toThrow(/repeat window of 7 days.*says 14/);
  });
});
