import { Evidence } from '@seamwatch/core/detection/evidence.ts';
import { lnWealth, Observations } from '@seamwatch/core/detection/observations.ts';
import { oddsGrid } from '@seamwatch/core/detection/odds.ts';
import { repeatNowcast } from '@seamwatch/core/detection/reference/cohort-nowcast.ts';
import { ECusum } from '@seamwatch/core/detection/reference/e-cusum.ts';
import { RestrictedGlr } from '@seamwatch/core/detection/reference/glr.ts';
import { latticeArl } from '@seamwatch/core/detection/reference/lattice-arl.ts';
import { type NpsCounts, npsEstimate, npsWelch } from '@seamwatch/core/stats/nps.ts';
import type { Result } from './compare.ts';

/** One entry of a file of vectors; `params` and the inputs depend on the method. */
export interface Vector {
  name: string;
  method: string;
  rtol: number;
  params: Record<string, unknown>;
  expected: Record<string, unknown>;
  [input: string]: unknown;
}

/**
 * Runs the vector's inputs through the product's code; gives what the method defines, at the indices that
 * `expected.at` lists.
 */
type Method = (vector: Vector) => Result;

const numbers = (value: unknown): number[] => value as number[];
const digits = (value: unknown): number[] => Array.from(value as string, Number);

/** The 1-based indices that are compared; all of them where the vector names none. */
const indicesOf = (vector: Vector, length: number): number[] =>
  (vector.expected.at as number[] | undefined) ?? Array.from({ length }, (_, i) => i + 1);

/**
 * Runs `step` for each input and reads `statistic` at the wanted 1-based indices; crossing is the first index
 * at or above the threshold.
 */
function follow(vector: Vector, length: number, step: (i: number) => void, statistic: () => number) {
  const { threshold } = vector.expected as { threshold?: number };
  const at = indicesOf(vector, length);
  const wanted = new Set(at);
  const values: number[] = [];
  let crossing: number | null = null;
  for (let i = 0; i < length; i++) {
    step(i);
    const value = statistic();
    if (wanted.has(i + 1)) values.push(value);
    if (crossing === null && threshold !== undefined && value >= threshold) crossing = i + 1;
  }
  return { at, values, threshold, crossing };
}

const gridOf = ({ thetas, weights }: Record<string, unknown>) =>
  oddsGrid(numbers(thetas), weights === undefined ? undefined : numbers(weights));

function mixtureSr(vector: Vector): Result {
  const grid = gridOf(vector.params);
  const evidence = new Evidence(grid, (vector.params.start as number | undefined) ?? 0);
  const observations = new Observations(grid);
  const bits = digits(vector.input_bits);
  const strata = vector.input_strata === undefined ? undefined : digits(vector.input_strata);
  const p0 = strata ? numbers(vector.params.stratum_p0) : [vector.params.p0 as number];
  const wanted = new Set(indicesOf(vector, bits.length));
  const lnStatistic: number[] = [];
  const residuals: number[] = [];
  let residual = 0;
  const run = follow(
    vector,
    bits.length,
    (i) => {
      observations.clear();
      observations.addCounts(bits[i]!, 1, p0[strata ? strata[i]! : 0]!);
      evidence.step(i, 1, observations);
      residual += observations.observed - observations.expected;
      if (!wanted.has(i + 1)) return;
      lnStatistic.push(evidence.lnDays());
      residuals.push(residual);
    },
    () => evidence.days(),
  );
  return {
    ...run,
    statistic: run.values,
    ln_statistic: lnStatistic,
    observed_minus_expected: residuals,
    first_crossing_index: run.crossing,
  };
}

function mixtureECusum(vector: Vector): Result {
  const grid = gridOf(vector.params);
  const chart = new ECusum(grid, (vector.params.start as number | undefined) ?? 0);
  const observations = new Observations(grid);
  const bits = digits(vector.input_bits);
  const run = follow(
    vector,
    bits.length,
    (i) => {
      observations.clear();
      observations.addCounts(bits[i]!, 1, vector.params.p0 as number);
      chart.step(observations);
    },
    () => Math.exp(chart.lnStatistic()),
  );
  return {
    ...run,
    statistic: run.values,
    ln_statistic: run.values.map(Math.log),
    first_crossing_index: run.crossing,
  };
}

/** The tracker of an evidence with one alternative is the CUSUM. */
function bernoulliCusum(vector: Vector): Result {
  const { p0, p1 } = vector.params as { p0: number; p1: number };
  const grid = oddsGrid([(p1 * (1 - p0)) / (p0 * (1 - p1))]);
  const evidence = new Evidence(grid);
  const observations = new Observations(grid);
  const bits = digits(vector.input_bits);
  const { threshold } = vector.expected as { threshold?: number };
  let onset: number | null = null;
  const run = follow(
    vector,
    bits.length,
    (i) => {
      observations.clear();
      observations.addCounts(bits[i]!, 1, p0);
      evidence.step(i, 1, observations);
      const { lnRatio, start } = evidence.leader();
      if (onset === null && threshold !== undefined && lnRatio >= threshold) onset = start;
    },
    () => evidence.leader().lnRatio,
  );
  return { ...run, W: run.values, first_crossing_index: run.crossing, onset_events_before: onset };
}

/**
 * Bets on the full scale, with the vector's own λ in place of the ones that the product derives from its
 * grid.
 */
function bettingSr(vector: Vector): Result {
  const { m0, lambdas, weights } = vector.params as { m0: number; lambdas: number[]; weights?: number[] };
  const grid = oddsGrid(
    lambdas.map(() => 2),
    weights,
  );
  const evidence = new Evidence(grid);
  const observations = new Observations(grid);
  const scores = digits(vector.input_csat);
  const histogram = new Float64Array(5);
  const run = follow(
    vector,
    scores.length,
    (i) => {
      histogram.fill(0);
      histogram[scores[i]! - 1] = 1;
      lambdas.forEach((lambda, k) => {
        observations.lnRatio[k] = lnWealth(histogram, 0, 5, true, lambda, m0);
      });
      evidence.step(i, 1, observations);
    },
    () => evidence.days(),
  );
  return { ...run, statistic: run.values, first_crossing_index: run.crossing };
}

function clockedSr(vector: Vector): Result {
  const grid = gridOf(vector.params);
  const evidence = new Evidence(grid);
  const observations = new Observations(grid);
  const events = vector.input_events as [number, number][];
  const run = follow(
    vector,
    events.length,
    (i) => {
      const [time, event] = events[i]!;
      observations.clear();
      observations.addCounts(event, 1, vector.params.p0 as number);
      evidence.step(time, time - evidence.time, observations);
    },
    () => evidence.days(),
  );
  const time = run.crossing === null ? null : events[run.crossing - 1]![0];
  return {
    ...run,
    statistic: run.values,
    first_crossing_index: run.crossing,
    first_crossing_time: time,
  };
}

function restrictedGlr(vector: Vector): Result {
  const { p0, or_max } = vector.params as { p0: number; or_max: number };
  const chart = new RestrictedGlr(p0, or_max);
  const bits = digits(vector.input_bits);
  const { threshold } = vector.expected as { threshold?: number };
  const wanted = new Set(indicesOf(vector, bits.length));
  const onsets: (number | null)[] = [];
  let onset: number | null = null;
  const run = follow(
    vector,
    bits.length,
    (i) => {
      chart.step(bits[i] === 1 ? 1 : 0);
      const { statistic, before } = chart.best();
      if (wanted.has(i + 1)) onsets.push(before);
      if (onset === null && threshold !== undefined && statistic >= threshold) onset = before;
    },
    () => chart.best().statistic,
  );
  return {
    ...run,
    glr: run.values,
    onset_events_before: onsets,
    first_crossing_index: run.crossing,
    onset_at_crossing: onset,
  };
}

function exactArl(vector: Vector): Result {
  const cases = vector.expected as unknown as { H: number; p: number }[];
  return cases.map(({ H, p }) => ({ H, p, ARL: latticeArl((vector.params.m as number) - 1, 1, H, p) }));
}

function npsComparison(vector: Vector): Result {
  const [first, second] = vector.input as [NpsCounts, NpsCounts];
  const week = (counts: NpsCounts) => {
    const { value, sd, se, lower, upper } = npsEstimate(counts);
    return { ...counts, nps: value, sd_points: sd, se_points: se, ci95: [lower, upper] };
  };
  const { t, df, p } = npsWelch(first, second);
  return { week1: week(first), week2: week(second), welch_t: t, welch_df: df, welch_p_two_sided: p };
}

function nowcast(vector: Vector): Result {
  const input = vector.input as { day: number; contacts: number; repeats_by_age: number[] }[];
  const cohorts = input.map(({ day, contacts, repeats_by_age }) => ({
    day,
    contacts,
    repeatsByAge: repeats_by_age,
  }));
  const ages = Math.max(...cohorts.map(({ repeatsByAge }) => repeatsByAge.length));
  const result = repeatNowcast(cohorts, vector.window_days as [number, number], ages);
  return {
    hazard_by_age: [...result.hazards],
    km_rate: result.value,
    greenwood_se: result.se,
    naive_rate: result.naive,
    matured_only_rate: result.maturedOnly,
    matured_cohorts: result.maturedDays,
  };
}

/** Methods by what a vector calls them. */
export const methods: Readonly<Record<string, Method>> = {
  'mixture SR e-detector, Bernoulli odds-ratio grid': mixtureSr,
  'mixture eCUSUM e-detector, Bernoulli odds-ratio grid': mixtureECusum,
  'one-sided Bernoulli CUSUM, LLR increments; onset = number of events before the current excursion began':
    bernoulliCusum,
  'risk-adjusted mixture SR (expected probability per event from stratum baseline, Steiner odds-ratio alternative) and VLAD-style O-E':
    mixtureSr,
  'betting SR e-detector on dissatisfaction x=(5-csat)/4 in [0,1], null mean<=m0, increment 1+lambda*(x-m0)':
    bettingSr,
  'clocked mixture SR: on each event R_k=(R_k+dt_days)*L_k; threshold A in days gives ARL>=A days and P(alarm within D days)<=D/A, whatever the volume':
    clockedSr,
  'GLR-CUSUM (upward), p1 restricted to odds ratio<=or_max, known p0; onset=argmax start (events before)':
    restrictedGlr,
  'Reynolds-Stoumbos lattice Bernoulli CUSUM: S=max(0,S+(m-1 if x else -1)), alarm when S>=H; exact zero-state ARL (Monte-Carlo target for an implementation)':
    exactArl,
  'NPS mean, sd (population variance), se, normal 95% CI; Welch t-test between two weeks (scipy)':
    npsComparison,
  '7-day repeat-contact rate over the last 7 cohorts with right-censoring: discrete Kaplan-Meier over age in days; Greenwood se; naive and matured-only for contrast':
    nowcast,
};
