import type { Observations } from '../observations.ts';
import type { OddsGrid } from '../odds.ts';

/**
 * Mixture e-CUSUM: C_k ← max(1, C_k)·L_k, evidence Σ w_k C_k. Its evidence has no unit, so that a budget in
 * days does not follow from it.
 */
export class ECusum {
  readonly grid: OddsGrid;
  /** ln C_k. */
  readonly #ln: Float64Array;

  constructor(grid: OddsGrid, start = 0) {
    this.grid = grid;
    this.#ln = new Float64Array(grid.thetas.length).fill(start > 0 ? Math.log(start) : -Infinity);
  }

  step({ lnRatio }: Observations): void {
    for (let k = 0; k < this.#ln.length; k++) this.#ln[k] = Math.max(0, this.#ln[k]!) + lnRatio[k]!;
  }

  lnStatistic(): number {
    const peak = this.#ln.reduce((most, ln) => Math.max(most, ln), -Infinity);
    if (peak === -Infinity) return peak;
    let sum = 0;
    for (let k = 0; k < this.#ln.length; k++) sum += this.grid.weights[k]! * Math.exp(this.#ln[k]! - peak);
    return peak + Math.log(sum);
  }
}
