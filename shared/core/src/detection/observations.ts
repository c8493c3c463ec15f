import { clampProbability, type OddsGrid, shiftOdds } from './odds.ts';

export type Direction = 'worse' | 'better';

/**
 * What one series saw between two steps: the log likelihood ratio of every alternative of a grid, with the
 * observed and the expected number. Strata with different baselines are added one after the other; nothing is
 * allocated.
 *
 * - Counts: k events in n trials of probability p₀ give k·ln θ − n·ln(1 − p₀ + θp₀).
 * - Bounded scores x in [0, 1] (1 is worst) of mean m₀: a bet ln(1 + λ(x − m₀)) with λ = (θᶜ − 1)/(1 − m₀ + θᶜm₀), which is
 *   below 1/m₀ whatever θ. For x in {0, 1} and c = 1 it is the likelihood ratio above. c = m₀(1 − m₀)/σ² sharpens the bet where
 *   answers vary less than a coin would.
 * - φ ≥ 1 tempers both where days are overdispersed: L^(1/φ).
 *
 * `better` watches the complement: an improvement by θ is a deterioration of non-events by θ. `shift`
 * multiplies the odds of every baseline first: the null of a recovery detector.
 */
export class Observations {
  readonly grid: OddsGrid;
  readonly direction: Direction;
  /** Odds ratio between the null and the baseline; in the direction of harm, not of `direction`. */
  shift: number;
  readonly lnRatio: Float64Array;
  /** Trials or answers. */
  n = 0;
  /** Events, or sum of scores; of the complement where the direction is `better`. */
  observed = 0;
  /** Sum of the null's probabilities, or means. */
  expected = 0;

  constructor(grid: OddsGrid, direction: Direction = 'worse', shift = 1) {
    this.grid = grid;
    this.direction = direction;
    this.shift = shift;
    this.lnRatio = new Float64Array(grid.thetas.length);
  }

  clear(): void {
    // A loop: `fill` takes longer for eight numbers.
    for (let i = 0; i < this.lnRatio.length; i++) this.lnRatio[i] = 0;
    this.n = 0;
    this.observed = 0;
    this.expected = 0;
  }

  /**
   * k events in n trials of one stratum. Nothing happens where n = 0. `costs` may bring `oddsCosts(p₀)`
   * along, where the same p₀ is used often; it must belong to this direction and shift.
   */
  addCounts(k: number, n: number, p0: number, phi = 1, costs?: Float64Array): void {
    if (!(n > 0)) return;
    const p = this.#null(p0);
    const events = this.direction === 'worse' ? k : n - k;
    const { thetas, lnThetas } = this.grid;
    const lnRatio = this.lnRatio;
    const gain = events / phi;
    const loss = n / phi;
    if (costs === undefined) {
      for (let i = 0; i < lnRatio.length; i++) {
        lnRatio[i] = lnRatio[i]! + gain * lnThetas[i]! - loss * Math.log(1 - p + thetas[i]! * p);
      }
    } else {
      for (let i = 0; i < lnRatio.length; i++) {
        lnRatio[i] = lnRatio[i]! + gain * lnThetas[i]! - loss * costs[i]!;
      }
    }
    this.n += n;
    this.observed += events;
    this.expected += n * p;
  }

  /**
   * Answers of one stratum: `counts[first …]` is a histogram of `size` values from the worst-liked score up
   * (1–5, 1–7, 0–10); m₀ is the expected dissatisfaction (best − score)/(best − worst). `spread` is c above.
   */
  addScores(counts: ArrayLike<number>, first: number, size: number, m0: number, spread = 1, phi = 1): void {
    let n = 0;
    let sum = 0;
    const worse = this.direction === 'worse';
    for (let j = 0; j < size; j++) {
      n += counts[first + j]!;
      sum += counts[first + j]! * (worse ? size - 1 - j : j);
    }
    if (!(n > 0)) return;
    const m = this.#null(m0);
    const lnRatio = this.lnRatio;
    for (let i = 0; i < lnRatio.length; i++) {
      const lambda = betOf(this.grid.thetas[i]!, m, spread);
      lnRatio[i] = lnRatio[i]! + lnWealth(counts, first, size, worse, lambda, m) / phi;
    }
    this.n += n;
    this.observed += sum / (size - 1);
    this.expected += n * m;
  }

  /** Adds what another signal saw in the same step; its grid must have as many alternatives. */
  add(other: Observations): void {
    for (let i = 0; i < this.lnRatio.length; i++) this.lnRatio[i] = this.lnRatio[i]! + other.lnRatio[i]!;
    this.n += other.n;
    this.observed += other.observed;
    this.expected += other.expected;
  }

  /** What `addCounts` takes as `costs`: ln(1 − p + θp) for every θ. */
  oddsCosts(p0: number): Float64Array {
    const p = this.#null(p0);
    return this.grid.thetas.map((theta) => Math.log(1 - p + theta * p));
  }

  /** The null's probability in the watched direction. */
  #null(p0: number): number {
    const p = clampProbability(this.shift === 1 ? p0 : shiftOdds(p0, this.shift));
    return this.direction === 'worse' ? p : 1 - p;
  }
}

/**
 * The bet λ in [0, 1/m₀) on a shift of the mean by odds ratio θ, for scores whose variance is m₀(1 −
 * m₀)/spread.
 */
export function betOf(theta: number, m0: number, spread = 1): number {
  const sharpened = spread === 1 ? theta : theta ** spread;
  return (sharpened - 1) / (1 - m0 + sharpened * m0);
}

/** Σ count·ln(1 + λ(x − m₀)) over a histogram. */
export function lnWealth(
  counts: ArrayLike<number>,
  first: number,
  size: number,
  worse: boolean,
  lambda: number,
  m0: number,
): number {
  let sum = 0;
  for (let j = 0; j < size; j++) {
    const count = counts[first + j]!;
    if (count === 0) continue;
    const x = (worse ? size - 1 - j : j) / (size - 1);
    sum += count * Math.log(1 + lambda * (x - m0));
  }
  return sum;
}
