import type { Days } from '@seamwatch/contracts/units.ts';
import type { Estimate } from '../stats/interval.ts';
import type { Evidence, Excursion } from './evidence.ts';
import type { Direction } from './observations.ts';
import { logit, shiftOdds } from './odds.ts';

/** How much a series knows per observation, against independent coin flips. */
export interface Information {
  /** Overdispersion of days, ≥ 1. */
  phi: number;
  /** m₀(1 − m₀)/σ² of a score; 1 for shares. */
  spread: number;
}

const plain: Information = { phi: 1, spread: 1 };

/** What changed, and by how much; shares and mean dissatisfaction are 0 to 1. */
export interface Effect {
  /** Odds against the baseline's; above 1 is worse. */
  oddsRatio: Estimate;
  /** Rate since the onset at the case mix since the onset. */
  value: Estimate;
  /** Expected rate at the same mix. */
  baseline: number;
  /** Observations since the onset of the strongest excursion, and the plain share of events among them. */
  n: number;
  observed: number;
}

/**
 * Effect since the onset, with a 95 % interval that holds at the moment of alarm.
 *
 * Component R_k is the likelihood of odds ratio θ_k with the unknown onset integrated out, and a posterior
 * does not depend on why one looked now; so the posterior over θ, flat in ln ln θ as the grid is, neither
 * picks the most flattering onset nor stops at the most flattering moment. The plain rate since the best
 * onset does both: measured at alarm, it puts +1.5 points at +4.5. The interval is from the 1 % to the 99 %
 * point: as measured it covers the true value in 95 % of alarms or more.
 */
export function estimateEffect(evidence: Evidence, direction: Direction, information = plain): Effect {
  const leader = evidence.leader();
  const eta = posteriorEffect(evidence, information);
  const baseline = leader.n > 0 ? leader.expected / leader.n : Number.NaN;
  const observed = leader.n > 0 ? leader.observed / leader.n : Number.NaN;
  const value = {
    value: shiftOdds(baseline, Math.exp(eta.value)),
    lower: shiftOdds(baseline, Math.exp(eta.lower)),
    upper: shiftOdds(baseline, Math.exp(eta.upper)),
  };
  if (direction === 'worse') {
    const oddsRatio = {
      value: Math.exp(eta.value),
      lower: Math.exp(eta.lower),
      upper: Math.exp(eta.upper),
    };
    return { oddsRatio, value, baseline, n: leader.n, observed };
  }
  return {
    oddsRatio: { value: Math.exp(-eta.value), lower: Math.exp(-eta.upper), upper: Math.exp(-eta.lower) },
    value: { value: 1 - value.value, lower: 1 - value.upper, upper: 1 - value.lower },
    baseline: 1 - baseline,
    n: leader.n,
    observed: 1 - observed,
  };
}

/** When the change began, with an interval that covers it in 95 % of alarms or more (measured). */
export interface Onset {
  at: Days;
  lower: Days;
  upper: Days;
}

/**
 * The starts of the trackers' excursions, weighted by their components' evidence. The interval follows the
 * error of a change point, which is in units of 1/(η²·information) (Hinkley 1970; Bai 1997), with η half a
 * standard deviation below its estimate because alarms come from lucky samples, and the disagreement of the
 * trackers beside it. Null without any excursion.
 */
export function estimateOnset(evidence: Evidence, information = plain): Onset | null {
  let weight = 0;
  let mean = 0;
  let square = 0;
  const posterior = evidence.posterior();
  const now = evidence.time;
  for (let t = 0; t < evidence.trackers; t++) {
    const { lnRatio, start } = evidence.excursion(t);
    if (lnRatio <= 0) continue;
    const w = posterior[evidence.trackedComponent(t)]! + 1e-300;
    weight += w;
    mean += w * (start - now);
    square += w * (start - now) ** 2;
  }
  if (weight === 0) return null;
  mean /= weight;
  const at = now + mean;
  const disagreement = Math.sqrt(Math.max(0, square / weight - mean * mean));
  const half = Math.hypot(11 * localisation(evidence, information), 2 * disagreement);
  return { at, lower: at - half, upper: Math.min(now, at + half) };
}

/** 1/(η²·information a day), in days. */
function localisation(evidence: Evidence, information: Information): Days {
  const { n, expected, start } = evidence.leader();
  const eta = posteriorEffect(evidence, information);
  const cautious = Math.max(0.05, eta.value - 0.25 * eta.sd);
  const p = expected / n;
  const perObservation = (cautious * cautious * p * (1 - p) * information.spread) / information.phi;
  return (evidence.time - start) / (n * perObservation);
}

interface PosteriorEffect extends Estimate {
  sd: number;
}

/** Points of ln θ from 0.02 to about 6, equal in its logarithm. */
const etas = Float64Array.from({ length: 230 }, (_, i) => 0.02 * Math.exp(i / 40));
const scratch = new Float64Array(etas.length);

/** From this log likelihood ratio on, the choice of the onset no longer colours the plain estimate. */
const plainFrom = 30;
/** The 99 % point of the standard normal distribution. */
const z99 = 2.3263478740408408;

/** Posterior mean, sd, 1 % and 99 % point of η = ln θ, in the watched direction. */
function posteriorEffect(evidence: Evidence, information: Information): PosteriorEffect {
  const leader = evidence.leader();
  return leader.lnRatio > plainFrom
    ? plainEffect(leader, information)
    : integratedEffect(evidence, information);
}

/**
 * Log odds ratio of what the excursion saw, with its standard error; half an observation of p keeps it
 * finite.
 */
function plainEffect({ n, observed, expected }: Excursion, { phi, spread }: Information): PosteriorEffect {
  const p = expected / n;
  const rate = (observed + 0.5 * p) / (n + 0.5);
  const value = logit(rate) - logit(p);
  const sd = Math.sqrt(phi / (n * rate * (1 - rate) * spread));
  return { value, lower: Math.max(0.02, value - z99 * sd), upper: value + z99 * sd, sd };
}

function integratedEffect(evidence: Evidence, information: Information): PosteriorEffect {
  const lnRatio = profile(evidence, information);
  let peak = -Infinity;
  for (let i = 0; i < etas.length; i++) {
    scratch[i] = lnRatio(etas[i]!);
    peak = Math.max(peak, scratch[i]!);
  }
  let sum = 0;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < etas.length; i++) {
    const w = Math.exp(scratch[i]! - peak);
    scratch[i] = w;
    sum += w;
    mean += w * etas[i]!;
    square += w * etas[i]! * etas[i]!;
  }
  mean /= sum;
  return {
    value: mean,
    lower: quantile(0.01 * sum),
    upper: quantile(0.99 * sum),
    sd: Math.sqrt(Math.max(0, square / sum - mean * mean)),
  };
}

/** The η below which `mass` of the weights in `scratch` lies. */
function quantile(mass: number): number {
  let below = 0;
  for (let i = 0; i < etas.length; i++) {
    const w = scratch[i]!;
    if (below + w >= mass) {
      const step = i > 0 ? etas[i]! - etas[i - 1]! : etas[0]!;
      return etas[i]! - step * (1 - (mass - below) / w);
    }
    below += w;
  }
  return etas[etas.length - 1]!;
}

/**
 * ln R as a function of η: the parabola through the three nearest components; beyond the greatest one, that
 * one's value plus the log likelihood ratio of what its tracker saw.
 */
function profile(evidence: Evidence, information: Information): (eta: number) => number {
  const { lnThetas, weights } = evidence.grid;
  const posterior = evidence.posterior();
  const ln = Array.from(posterior, (w, k) => Math.log(Math.max(w, 1e-300) / weights[k]!));
  const last = lnThetas.length - 1;
  const tail = evidence.excursion(evidence.trackers - 1);
  const strongest = ln.every((value) => value <= ln[last]!);
  return (eta) => {
    if (eta >= lnThetas[last]!) {
      const gain = beyond(tail, lnThetas[last]!, eta, information);
      return ln[last]! + (strongest ? gain : Math.min(gain, 0));
    }
    let k = 0;
    while (k < last && lnThetas[k]! < eta) k++;
    const middle = Math.max(
      1,
      Math.min(last - 1, k - (eta - (lnThetas[k - 1] ?? 0) < lnThetas[k]! - eta ? 1 : 0)),
    );
    return parabola(lnThetas, ln, middle, eta);
  };
}

function beyond(tail: Excursion, from: number, eta: number, { phi, spread }: Information): number {
  const { n, observed, expected } = tail;
  if (!(n > 0)) return from - eta;
  const p = expected / n;
  const cost = Math.log1p(p * Math.expm1(eta)) - Math.log1p(p * Math.expm1(from));
  return ((observed * (eta - from) - n * cost) * spread) / phi;
}

/** Lagrange's parabola through nodes m − 1, m, m + 1; a grid too small for one gives the nearest node. */
function parabola(x: Float64Array, y: readonly number[], m: number, at: number): number {
  if (x.length < 3) return y[Math.min(m, y.length - 1)]!;
  const [a, b, c] = [x[m - 1]!, x[m]!, x[m + 1]!];
  return (
    (y[m - 1]! * (at - b) * (at - c)) / ((a - b) * (a - c)) +
    (y[m]! * (at - a) * (at - c)) / ((b - a) * (b - c)) +
    (y[m + 1]! * (at - a) * (at - b)) / ((c - a) * (c - b))
  );
}
