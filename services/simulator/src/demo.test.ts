import { eventTypes } from '@seamwatch/contracts/events.ts';
import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { demoOnset, demoScenario } from './demo.ts';
import { simulate } from './simulate.ts';
import { type Counts, npsOf, observe, repeatRate, tally } from './truth.ts';

const now = Date.parse('2026-06-01T08:20:00Z');
const scenario = demoScenario({ now });
const onset = demoOnset(now);
const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);

describe('the demo', () => {
  const events = [...simulate(scenario)];
  const seen = observe(events);
  const between = (fromDay: number, toDay: number) =>
    tally(seen, now, { from: now - fromDay * dayMs, to: now - toDay * dayMs });
  const returns = (t: ReturnType<typeof between>) => t.byCategory.simple_return!;
  const before = between(378, 106);
  const last = between(29, 0);

  test('a year that ends now, in fewer than 500,000 events', () => {
    expect(events.length).toBeLessThan(500_000);
    expect(events.length).toBeGreaterThan(350_000);
    const begun = Date.parse(events[0]!.time) - (onset - 39 * 7 * dayMs - 9 * hourMs);
    expect(begun).toBeGreaterThanOrEqual(0);
    expect(begun).toBeLessThan(hourMs);
    expect(now - Date.parse(events.at(-1)!.time)).toBeLessThan(hourMs);
  });

  test('before the decline all rates stand still', () => {
    const parts = [0, 1, 2, 3, 4].map((i) => between(378 - i * 54, 378 - (i + 1) * 54));
    const shares: ((t: ReturnType<typeof between>) => [number, number])[] = [
      (t) => [t.total.escalated, t.total.aiStarted],
      (t) => [t.total.aiStarted, t.total.interactions],
      (t) => [returns(t).escalated, returns(t).aiStarted],
      (t) => [sum(t.byPath.ai.repeats), t.byPath.ai.atRisk[0]!],
      (t) => [sum(t.byPath.seam.repeats), t.byPath.seam.atRisk[0]!],
      (t) => [t.total.abandonedAtSeam, t.total.escalated],
      (t) => [t.total.claimed.yes, t.total.claimed.yes + t.total.claimed.no],
      (t) => [sum(t.byPath.seam.answers.csat.slice(0, 2)), sum(t.byPath.seam.answers.csat)],
      (t) => [sum(t.total.answers.nps.slice(0, 7)), sum(t.total.answers.nps)],
      (t) => [sum(t.total.answers.csat), t.total.surveysSent.csat],
    ];
    for (const share of shares) {
      const counted = parts.map(share);
      const p = sum(counted.map(([k]) => k)) / sum(counted.map(([, n]) => n));
      const chiSquare = sum(counted.map(([k, n]) => (k - n * p) ** 2 / (n * p * (1 - p))));
      // 99.9 % of a chi-square with 4 degrees of freedom.
      expect(chiSquare).toBeLessThan(18.5);
    }
  });

  test('then handed-off customers come back more often and answer worse', () => {
    const close = (value: number, wanted: number, n: number) =>
      expect(Math.abs(value - wanted)).toBeLessThan(4 * Math.sqrt((wanted * (1 - wanted)) / n));
    for (const [t, repeat, escalation] of [
      [before, 0.15, 0.1],
      [last, 0.2, 0.13],
    ] as const) {
      close(repeatRate(t.byPath.seam), repeat, t.byPath.seam.interactions * 0.8);
      close(returns(t).escalated / returns(t).aiStarted, escalation, returns(t).aiStarted);
      close(repeatRate(t.byPath.ai), 0.13, t.byPath.ai.interactions * 0.8);
    }
    const answers = (c: Counts) => c.answers.csat;
    const poor = (c: Counts) => sum(answers(c).slice(0, 2)) / sum(answers(c));
    expect(poor(last.byPath.seam)).toBeGreaterThan(poor(before.byPath.seam) + 0.01);
    expect(npsOf(last.byPath.seam)).toBeLessThan(npsOf(before.byPath.seam) - 1);
  });

  test('and the claimed resolution does not show it', () => {
    const claimed = ({ claimed: { yes, no } }: Counts) => yes / (yes + no);
    expect(claimed(last.total)).toBeGreaterThan(claimed(before.total) - 0.005);
  });

  test('two hours before the onset a model release is recorded', () => {
    const releases = events.flatMap((e) =>
      e.type === eventTypes.changeRecorded && e.data.kind === 'model_release' ? [Date.parse(e.data.at)] : [],
    );
    expect(releases).toContain(onset - 2 * hourMs);
    expect(scenario.planted.every((p) => p.from === onset)).toBe(true);
  });

  test('whatever the date, it is the same story', () => {
    const beginning = (nowMs: number) => {
      const told = simulate(demoScenario({ now: nowMs }));
      return told.take(20_000).map(({ type, time, data }) => {
        const { customerId } = data as { customerId?: string | null };
        return { type, afterOnset: Date.parse(time) - demoOnset(nowMs), customerId };
      });
    };
    const first = [...beginning(now)];
    expect(new Set(first.map(({ customerId }) => customerId)).size).toBeGreaterThan(5_000);
    for (const days of [3, 13.9, 14, 25 * 7 + 2]) expect([...beginning(now + days * dayMs)]).toEqual(first);
  });
});
