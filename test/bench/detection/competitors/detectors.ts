import { Evidence, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { standardGrid } from '@seamwatch/core/detection/odds.ts';

/** A detector as users would otherwise pick one: fed single events, says when it alarms. */
export interface Competitor {
  /** True where this event raises the alarm. */
  step(event: 0 | 1): boolean;
}

const eventsPerDay = 2_000;

/** A dashboard: share over the last seven days against p₀ ± k·σ, looked at every hour. */
export function fixedWindow(p0: number, sigmas: number): Competitor {
  const size = 7 * eventsPerDay;
  const everyHour = Math.round(eventsPerDay / 24);
  const ring = new Uint8Array(size);
  let sum = 0;
  const limit = size * p0 + sigmas * Math.sqrt(size * p0 * (1 - p0));
  let at = 0;
  return {
    step(event) {
      const slot = at % size;
      sum += event - ring[slot]!;
      ring[slot] = event;
      at++;
      return at >= size && at % everyHour === 0 && sum > limit;
    },
  };
}

/** EWMA chart of daily shares (Roberts 1959), λ = 0.2. */
export function ewma(p0: number, sigmas: number): Competitor {
  const lambda = 0.2;
  const sigma = Math.sqrt(((p0 * (1 - p0)) / eventsPerDay) * (lambda / (2 - lambda)));
  let z = p0;
  let n = 0;
  let k = 0;
  return {
    step(event) {
      n++;
      k += event;
      if (n < eventsPerDay) return false;
      z += lambda * (k / n - z);
      n = 0;
      k = 0;
      return z > p0 + sigmas * sigma;
    },
  };
}

/** Page–Hinkley as stream libraries have it: mean of all so far, drift δ = 0.005, fading 0.9999. */
export function pageHinkley(threshold: number): Competitor {
  let n = 0;
  let mean = 0;
  let sum = 0;
  return {
    step(event) {
      n++;
      mean += (event - mean) / n;
      sum = Math.max(0, 0.9999 * sum + (event - mean - 0.005));
      return n >= 30 && sum > threshold;
    },
  };
}

/** The CUSUM that is told p₁, with its threshold in log likelihood: the physical limit (Moustakides 1986). */
export function cusum(p0: number, p1: number, threshold: number): Competitor {
  const gain = Math.log(p1 / p0);
  const loss = Math.log((1 - p1) / (1 - p0));
  let w = 0;
  return {
    step(event) {
      w = Math.max(0, w + (event === 1 ? gain : loss));
      return w >= threshold - 1e-9;
    },
  };
}

/** Seamwatch's evidence on single events, p₀ known. */
export function seamwatch(p0: number, threshold: number): Competitor {
  const evidence = new Evidence(standardGrid);
  const trial = trialOf(p0, standardGrid);
  let at = 0;
  return {
    step(event) {
      evidence.stepTrial(at++, 1, event === 1, trial);
      return evidence.days() >= threshold;
    },
  };
}
