import { handoffCauses, type Instrument, scoreRange } from '@seamwatch/contracts/events.ts';
import type { Measure, RatePoint, RateState, Window } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { breachRules, type CohortLayout, type CounterLayout } from '../cells/counters.ts';
import type { Estimate } from '../stats/interval.ts';
import { z95 } from '../stats/normal.ts';
import { npsCounts, npsEstimate } from '../stats/nps.ts';
import { productLimit } from '../stats/product-limit.ts';
import { wilson } from '../stats/proportion.ts';
import { sketchBins, sketchQuantile } from '../stats/quantile-sketch.ts';
import { hasPath } from './segment-rules.ts';

/** What a measure's baseline says at the present mix, where one is learned. */
export interface BaselineView {
  value: number | null;
  learning: boolean;
}

export interface RatePointOptions {
  layout: CounterLayout;
  minimumN: number;
  ruleNames: readonly string[];
}

interface Draft extends Partial<Estimate> {
  n: number;
  /** Standard error, where it is not to be read off the interval. */
  se?: number;
  /** False where n is enough but the estimate still cannot be trusted. */
  enough?: boolean;
  parts?: Record<string, number>;
}

/**
 * Every measure that makes sense for a segment, from its counters in one window. Shares are 0 to 1, waits in ms, NPS in
 * points. Measures that the segment cannot have (escalation where the path is fixed, a seam wait without a seam) are
 * left out: path is the outcome of an escalation, so it is never in its strata.
 */
export function ratePoints(
  sums: ArrayLike<number>,
  segment: Segment,
  window: Window,
  options: RatePointOptions,
  baseline: (measure: Measure) => BaselineView | undefined = () => undefined,
): RatePoint[] {
  const { layout, minimumN } = options;
  const at = (counter: number) => sums[counter]!;
  const points: RatePoint[] = [];
  const add = (measure: Measure, draft: Draft) =>
    points.push(point(measure, window, draft, minimumN, baseline(measure)));
  const share = (k: number, n: number, parts?: Record<string, number>): Draft =>
    n > 0 ? { ...wilson(k, n), n, ...(parts ? { parts } : {}) } : { n: 0 };

  const paths = segment.where.path;
  const seam = paths?.includes('seam') ?? true;
  const escalated = at(layout.escalated);
  add('volume', { value: at(layout.closed), n: at(layout.closed), enough: true, ...volumeParts(at, layout) });
  if (!hasPath(segment)) {
    const causes = handoffCauses.map((cause, i) => [cause, at(layout.escalatedBy + i)] as const);
    const parts = { ...Object.fromEntries(causes), escalated };
    add('escalation_rate', share(escalated, at(layout.aiStarted), parts));
    add('containment', share(at(layout.aiStarted) - escalated, at(layout.aiStarted)));
  }
  if (seam) {
    add('handoff_loops', share(at(layout.loops), escalated, { loops: at(layout.loops) }));
    add(
      'seam_abandonment',
      share(at(layout.seamAbandoned), escalated, { abandoned: at(layout.seamAbandoned) }),
    );
    for (const wait of waits(sums, layout)) add(wait.measure, wait);
  }
  const { all, resolved, sameMatter, surveys } = layout.cohorts;
  const repeat = hazard(sums, all, minimumN);
  add('repeat_contact', repeat);
  const failures = total(sums, all.failed, all.ages);
  add('same_matter_repeat', share(total(sums, sameMatter.failed, all.ages), failures));
  for (const instrument of ['csat', 'ces'] as const) {
    const { first, size } = layout.histogram(instrument);
    add(instrument, meanScore(sums, first, size, instrument));
  }
  const { first } = layout.histogram('csat');
  add('csat_top2', share(at(first + 3) + at(first + 4), total(sums, first, 5)));
  const npsAt = layout.histogram('nps');
  const answers = Array.from({ length: npsAt.size }, (_, i) => at(npsAt.first + i));
  const nps = npsEstimate(npsCounts(answers));
  add('nps', nps.n > 0 ? { value: nps.value, lower: nps.lower, upper: nps.upper, n: nps.n } : { n: 0 });

  const claimed = share(at(layout.claimedResolved), at(layout.claimedKnown));
  add('claimed_resolution', claimed);
  const gone = hazard(sums, resolved, minimumN);
  add('durable_resolution', durable(claimed, gone, minimumN));
  add('resolution_gap', gap(claimed, gone, minimumN));
  add('response_rate', hazard(sums, surveys, minimumN));
  if (paths?.includes('ai') ?? true) {
    const parts: Record<string, number> = {};
    for (let rule = 0; rule < breachRules; rule++) {
      const n = at(layout.breachBy + rule);
      if (n > 0) parts[options.ruleNames[rule] ?? `rule_${rule}`] = n;
    }
    add('boundary_breach', share(at(layout.breaches), at(layout.aiHandled), parts));
  }
  return points;
}

function point(
  measure: Measure,
  window: Window,
  draft: Draft,
  minimumN: number,
  baseline: BaselineView | undefined,
): RatePoint {
  const { n, parts } = draft;
  const finite = (x: number | undefined) => (x !== undefined && Number.isFinite(x) ? x : null);
  const enough = draft.enough ?? n >= minimumN;
  let state: RateState = 'ok';
  if (n === 0) state = 'no_data';
  else if (!enough) state = 'not_enough_data';
  else if (baseline?.learning) state = 'learning';
  return {
    measure,
    window,
    value: n === 0 && measure !== 'volume' ? null : finite(draft.value),
    lower: finite(draft.lower),
    upper: finite(draft.upper),
    n,
    ...(baseline ? { baseline: baseline.value } : {}),
    state,
    ...(parts ? { parts } : {}),
  };
}

const total = (sums: ArrayLike<number>, first: number, size: number): number => {
  let sum = 0;
  for (let i = first; i < first + size; i++) sum += sums[i]!;
  return sum;
};

function volumeParts(at: (counter: number) => number, layout: CounterLayout): Pick<Draft, 'parts'> {
  return {
    parts: {
      ai_started: at(layout.aiStarted),
      identified: at(layout.cohorts.all.entered),
      handoffs_open: at(layout.handoffsLive),
    },
  };
}

/** Product-limit rate; n is the number at risk at age 0. Any age with fewer at risk than the minimum is not enough. */
function hazard(sums: ArrayLike<number>, cohort: CohortLayout, minimumN: number): Draft {
  const atRisk = Array.from({ length: cohort.ages }, (_, a) => sums[cohort.atRisk + a]!);
  const failed = Array.from({ length: cohort.ages }, (_, a) => sums[cohort.failed + a]!);
  const parts: Record<string, number> = {};
  for (let age = 0; age < cohort.ages; age++) {
    parts[`at_risk_${age}`] = atRisk[age]!;
    parts[`events_${age}`] = failed[age]!;
  }
  const n = atRisk[0]!;
  if (n <= 0) return { n: 0 };
  return { ...productLimit(atRisk, failed), n, parts, enough: Math.min(...atRisk) >= minimumN };
}

function meanScore(sums: ArrayLike<number>, first: number, size: number, instrument: Instrument): Draft {
  const low = scoreRange[instrument][0];
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const count = sums[first + i]!;
    n += count;
    sum += count * (low + i);
    squares += count * (low + i) ** 2;
  }
  if (n === 0) return { n };
  const value = sum / n;
  const se = Math.sqrt(Math.max(0, squares / n - value * value) / n);
  return {
    value,
    lower: Math.max(low, value - z95 * se),
    upper: Math.min(low + size - 1, value + z95 * se),
    n,
  };
}

/** Also where nothing or everything was an event, and the plain standard error would be 0. */
const seOf = (draft: Draft): number => draft.se || (draft.upper! - draft.lower!) / (2 * z95);

/** Claimed × stayed away: variances of the two factors by the delta method. */
function durable(claimed: Draft, gone: Draft, minimumN: number): Draft {
  if (claimed.n === 0 || gone.n === 0) return { n: 0 };
  const stayed = 1 - gone.value!;
  const se = Math.hypot(stayed * seOf(claimed), claimed.value! * seOf(gone));
  return { ...around(claimed.value! * stayed, se), ...ofBoth(claimed, gone, minimumN) };
}

/** Claimed − durable = claimed × came back. */
function gap(claimed: Draft, gone: Draft, minimumN: number): Draft {
  if (claimed.n === 0 || gone.n === 0) return { n: 0 };
  const se = Math.hypot(gone.value! * seOf(claimed), claimed.value! * seOf(gone));
  return { ...around(claimed.value! * gone.value!, se), ...ofBoth(claimed, gone, minimumN) };
}

const ofBoth = (claimed: Draft, gone: Draft, minimumN: number): Pick<Draft, 'n' | 'enough'> => ({
  n: gone.n,
  enough: claimed.n >= minimumN && (gone.enough ?? true),
});

const around = (value: number, se: number): Estimate => ({
  value,
  lower: Math.max(0, value - z95 * se),
  upper: Math.min(1, value + z95 * se),
});

function* waits(sums: ArrayLike<number>, layout: CounterLayout): Generator<Draft & { measure: Measure }> {
  const n = total(sums, layout.wait, sketchBins);
  for (const [measure, q] of [
    ['seam_wait_p50', 0.5],
    ['seam_wait_p90', 0.9],
    ['seam_wait_p99', 0.99],
  ] as const) {
    const value = sketchQuantile(sums, layout.wait, q);
    yield { measure, n, ...(value === null ? {} : { value }) };
  }
}
