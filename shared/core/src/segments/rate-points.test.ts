import type { Measure, RatePoint } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { describe, expect, test } from 'vitest';
import { CounterLayout } from '../cells/counters.ts';
import { z95 } from '../stats/normal.ts';
import { productLimit } from '../stats/product-limit.ts';
import { wilson } from '../stats/proportion.ts';
import { sketchBin } from '../stats/quantile-sketch.ts';
import { type BaselineView, ratePoints } from './rate-points.ts';

const layout = new CounterLayout(2);
const { all, resolved, sameMatter, surveys } = layout.cohorts;
const everything: Segment = { id: 'all', title: 'All interactions', where: {} };

/** Counters by number; the others are 0. */
function sums(...counts: [counter: number, n: number][]): Int32Array {
  const all = new Int32Array(layout.size);
  for (const [counter, n] of counts) all[counter] = n;
  return all;
}

const list = (first: number, values: readonly number[]): [number, number][] =>
  values.map((n, i) => [first + i, n]);

const full = sums(
  [layout.closed, 200],
  [layout.aiStarted, 150],
  [layout.escalated, 30],
  ...list(layout.escalatedBy, [20, 10]),
  [layout.loops, 6],
  [layout.seamAbandoned, 3],
  [layout.handoffsLive, 4],
  [layout.claimedKnown, 180],
  [layout.claimedResolved, 144],
  [layout.aiHandled, 120],
  [layout.breaches, 12],
  ...list(layout.breachBy, [9, 0, 3]),
  // 2 × 1, 3 × 2, 5 × 3, 20 × 4, 20 × 5.
  ...list(layout.csat, [2, 3, 5, 20, 20]),
  ...list(layout.ces, [0, 0, 0, 10, 0, 10, 0]),
  // 8 detractors, 12 passives, 20 promoters.
  ...list(layout.nps, [0, 0, 0, 8, 0, 0, 0, 6, 6, 10, 10]),
  [all.entered, 170],
  ...list(all.atRisk, [100, 90]),
  ...list(all.failed, [10, 9]),
  ...list(resolved.atRisk, [80, 60]),
  ...list(resolved.failed, [8, 6]),
  ...list(sameMatter.failed, [7, 5]),
  ...list(surveys.atRisk, [50, 40, 40, 40, 40, 40, 40]),
  ...list(surveys.failed, [10, 0, 0, 0, 0, 0, 4]),
  [layout.wait + sketchBin(1_000), 50],
  [layout.wait + sketchBin(60_000), 45],
  [layout.wait + sketchBin(600_000), 5],
);

interface Given {
  segment?: Segment;
  minimumN?: number;
  baseline?: (measure: Measure) => BaselineView | undefined;
}

function points(counts: Int32Array, { segment = everything, minimumN = 20, baseline }: Given = {}) {
  const options = { layout, minimumN, ruleNames: ['retention', 'dispute'] };
  const list = ratePoints(counts, segment, '24h', options, baseline);
  return new Map(list.map((p): [Measure, RatePoint] => [p.measure, p]));
}

const near = (x: number) => expect.closeTo(x, 9);

describe('of a segment with enough of everything', () => {
  const shown = points(full);
  const of = (measure: Measure) => shown.get(measure)!;

  test.each<[Measure, number, number]>([
    ['escalation_rate', 30, 150],
    ['containment', 120, 150],
    ['handoff_loops', 6, 30],
    ['seam_abandonment', 3, 30],
    ['same_matter_repeat', 12, 19],
    ['csat_top2', 40, 50],
    ['claimed_resolution', 144, 180],
    ['boundary_breach', 12, 120],
  ])('%s is %i of %i, with Wilson’s interval', (measure, k, n) => {
    const { lower, upper } = wilson(k, n);
    expect(of(measure)).toMatchObject({
      window: '24h',
      value: near(k / n),
      lower: near(lower),
      upper: near(upper),
      n,
      state: n >= 20 ? 'ok' : 'not_enough_data',
    });
  });

  test('volume is a count, with what it consists of', () => {
    expect(of('volume')).toEqual({
      measure: 'volume',
      window: '24h',
      value: 200,
      lower: null,
      upper: null,
      n: 200,
      state: 'ok',
      parts: { ai_started: 150, identified: 170, handoffs_open: 4 },
    });
  });

  test('escalations are told by first cause, breaches by rule', () => {
    expect(of('escalation_rate').parts).toMatchObject({ escalated: 30, customer_request: 20, policy: 10 });
    // The third rule is one that the policy does not name.
    expect(of('boundary_breach').parts).toEqual({ retention: 9, rule_2: 3 });
  });

  test('CSAT and CES are means with a normal interval', () => {
    // Mean 203/50, mean of squares 879/50.
    const half = z95 * Math.sqrt((17.58 - 4.06 ** 2) / 50);
    const csat = { value: near(4.06), lower: near(4.06 - half), upper: near(4.06 + half), n: 50 };
    expect(of('csat')).toMatchObject({ ...csat, state: 'ok' });
    expect(of('ces')).toMatchObject({ value: near(5), lower: near(5 - z95 / Math.sqrt(20)), n: 20 });
  });

  test('NPS is in points', () => {
    // 100·(P − D) = 30; the variance of one answer is P + D − (P − D)² = .7 − .09.
    const half = (z95 * 100 * Math.sqrt(0.61)) / Math.sqrt(40);
    const nps = { value: near(30), lower: near(30 - half), upper: near(30 + half), n: 40 };
    expect(of('nps')).toMatchObject(nps);
  });

  test('repeat contact and response are product-limit estimates with Greenwood’s interval', () => {
    // 1 − .9 · .9
    const { lower, upper } = productLimit([100, 90], [10, 9]);
    expect(of('repeat_contact')).toMatchObject({
      value: near(0.19),
      lower: near(lower),
      upper: near(upper),
      n: 100,
      state: 'ok',
      parts: { at_risk_0: 100, at_risk_1: 90, events_0: 10, events_1: 9 },
    });
    // 1 − .8 · .9
    expect(of('response_rate')).toMatchObject({ value: near(0.28), n: 50, state: 'ok' });
  });

  test('durable resolution is claimed times stayed away, the gap is the rest of what was claimed', () => {
    // .8 claimed, 1 − .9 · .9 of those came back.
    expect(of('durable_resolution')).toMatchObject({ value: near(0.8 * 0.81), n: 80, state: 'ok' });
    expect(of('resolution_gap')).toMatchObject({ value: near(0.8 * 0.19), n: 80, state: 'ok' });
    const claimed = wilson(144, 180);
    const se = Math.hypot(
      (0.81 * (claimed.upper - claimed.lower)) / (2 * z95),
      0.8 * productLimit([80, 60], [8, 6]).se,
    );
    expect(of('durable_resolution').lower).toBeCloseTo(0.648 - z95 * se, 9);
    expect(of('durable_resolution').upper).toBeCloseTo(0.648 + z95 * se, 9);
  });

  test('waits are quantiles within one per cent, without an interval', () => {
    for (const [measure, ms] of [
      ['seam_wait_p50', 1_000],
      ['seam_wait_p90', 60_000],
      ['seam_wait_p99', 600_000],
    ] as const) {
      expect(Math.abs(of(measure).value! / ms - 1)).toBeLessThan(0.0101);
      expect(of(measure)).toMatchObject({ n: 100, lower: null, upper: null, state: 'ok' });
    }
  });
});

describe('states', () => {
  test('nothing counted is no data: no value, no interval; a volume of 0 is a count all the same', () => {
    for (const point of points(sums()).values()) {
      expect(point).toMatchObject({ n: 0, state: 'no_data', lower: null, upper: null });
      expect(point.value).toBe(point.measure === 'volume' ? 0 : null);
    }
  });

  test('below the minimum n the value is shown as not enough', () => {
    const few = sums(
      [layout.closed, 3],
      [layout.aiStarted, 19],
      [layout.escalated, 19],
      ...list(layout.csat, [19]),
    );
    const shown = points(few);
    expect(shown.get('escalation_rate')).toMatchObject({ value: 1, state: 'not_enough_data' });
    expect(shown.get('csat')).toMatchObject({ value: 1, n: 19, state: 'not_enough_data' });
    expect(shown.get('volume')!.state).toBe('ok');
    expect(points(few, { minimumN: 19 }).get('csat')!.state).toBe('ok');
  });

  test('one age with few at risk makes repeat contact, and what is made of it, not enough', () => {
    const thin = full.slice();
    thin[all.atRisk + 1] = 19;
    thin[resolved.atRisk + 1] = 19;
    const shown = points(thin);
    for (const measure of ['repeat_contact', 'durable_resolution', 'resolution_gap'] as const) {
      expect(shown.get(measure)!.state).toBe('not_enough_data');
    }
    expect(points(full).get('repeat_contact')!.state).toBe('ok');
  });

  test('few known claims make durable resolution not enough', () => {
    const thin = full.slice();
    thin[layout.claimedKnown] = 19;
    thin[layout.claimedResolved] = 10;
    expect(points(thin).get('durable_resolution')!.state).toBe('not_enough_data');
  });

  test('an age with nobody at risk leaves the rate without a value', () => {
    const first = sums(...list(all.atRisk, [50]), ...list(all.failed, [5]));
    expect(points(first).get('repeat_contact')).toMatchObject({
      n: 50,
      value: null,
      state: 'not_enough_data',
    });
  });

  test('a baseline is shown beside its measure, and says where it is still learning', () => {
    const baseline = (measure: Measure) =>
      measure === 'csat'
        ? { value: 4.2, learning: false }
        : measure === 'nps'
          ? { value: null, learning: true }
          : undefined;
    const shown = points(full, { baseline });
    expect(shown.get('csat')).toMatchObject({ baseline: 4.2, state: 'ok' });
    expect(shown.get('nps')).toMatchObject({ baseline: null, state: 'learning' });
    expect(shown.get('csat_top2')).not.toHaveProperty('baseline');
    expect(points(sums(), { baseline }).get('nps')!.state).toBe('no_data');
  });

  test('where everything was claimed and nobody came back, the interval is not a point', () => {
    const perfect = sums(
      [layout.claimedKnown, 30],
      [layout.claimedResolved, 30],
      ...list(resolved.atRisk, [30, 30]),
    );
    const { value, lower, upper } = points(perfect).get('durable_resolution')!;
    expect([value, upper]).toEqual([1, 1]);
    expect(lower).toBeLessThan(0.95);
  });
});

const escalation: Measure[] = ['escalation_rate', 'containment'];
const seam: Measure[] = [
  'handoff_loops',
  'seam_abandonment',
  'seam_wait_p50',
  'seam_wait_p90',
  'seam_wait_p99',
];
const breach: Measure[] = ['boundary_breach'];

test.each<[Partial<Segment>, Measure[]]>([
  [{ where: {} }, []],
  [{ where: { category: ['faq'] }, category: 'faq' }, []],
  [{ where: { path: ['ai'] }, path: 'ai' }, [...escalation, ...seam]],
  [{ where: { path: ['seam'] }, path: 'seam' }, [...escalation, ...breach]],
  [{ where: { path: ['human'] }, path: 'human' }, [...escalation, ...seam, ...breach]],
  [{ where: { path: ['ai', 'seam'] } }, escalation],
  [{ id: 'other', where: {} }, escalation],
])('%j has every measure save those that it cannot have: %j', (segment, left) => {
  const shown = points(full, { segment: { ...everything, id: 'x', ...segment } });
  const without = [...points(full).keys()].filter((measure) => !left.includes(measure));
  expect([...shown.keys()]).toEqual(without);
});
