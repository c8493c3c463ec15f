import type { Days } from '@seamwatch/contracts/units.ts';
import type { Observations } from './observations.ts';
import type { OddsGrid } from './odds.ts';

/*
 * State of one series, K components (alternatives) and T trackers, one for every second component:
 *
 *   0        time of the last step, in days
 *   1        e: the components below are R·2⁻ᵉ, so that evidence has no largest value
 *   2 …      R[K]
 *   2 + K …  T × (W, start, n, observed, expected)
 *
 * 30 numbers, 240 bytes, for K = 8.
 */
const timeAt = 0;
const exponentAt = 1;
const ratiosAt = 2;
const trackerSize = 5;
const W = 0;
const START = 1;
const N = 2;
const OBSERVED = 3;
const EXPECTED = 4;

/** Above 2⁵⁰⁰ components are scaled down, below 2⁻⁵⁰⁰ a scaled state is scaled up. */
const largest = 2 ** 500;
const largestLn = 500 * Math.LN2;

/** What a tracker saw since its excursion began. */
export interface Excursion {
  /** Greatest log likelihood ratio over all starts, ≥ 0. */
  lnRatio: number;
  start: Days;
  n: number;
  observed: number;
  expected: number;
}

/** Likelihood ratios of one trial of probability p₀, cached for streams of single events. */
export interface Trial {
  p0: number;
  eventRatio: Float64Array;
  otherRatio: Float64Array;
  lnEventRatio: Float64Array;
  lnOtherRatio: Float64Array;
}

export function trialOf(p0: number, { thetas }: OddsGrid): Trial {
  const otherRatio = thetas.map((theta) => 1 / (1 - p0 + theta * p0));
  const eventRatio = thetas.map((theta, k) => theta * otherRatio[k]!);
  return {
    p0,
    eventRatio,
    otherRatio,
    lnEventRatio: eventRatio.map(Math.log),
    lnOtherRatio: otherRatio.map(Math.log),
  };
}

/**
 * Mixture Shiryaev–Roberts e-detector of one series and direction, in O(1) state.
 *
 *   R_k ← (R_k + inflow)·L_k        evidence = Σ w_k R_k, in days
 *   W_k ← max(W_k, 0) + ln L_k      where W_k ≤ 0 the excursion starts anew
 *
 * Under no change, evidence minus the inflow so far is a martingale. With inflow = days passed, the expected
 * time to reach A is at least A days and the chance to reach it within D days at most D/A, whatever the
 * volume and however the stream is cut into steps (Shin, Ramdas, Rinaldo 2024), as long as the baseline is
 * right.
 *
 * Trackers (W) run on every second component: measured, onset is as exact as with all.
 */
export class Evidence {
  readonly grid: OddsGrid;
  readonly state: Float64Array;
  readonly #components: number;
  readonly #trackers: number;
  readonly #ratio: Float64Array;

  constructor(grid: OddsGrid, headStart: Days = 0) {
    this.grid = grid;
    this.#components = grid.thetas.length;
    this.#ratio = new Float64Array(this.#components);
    this.#trackers = Math.max(1, this.#components >> 1);
    this.state = new Float64Array(ratiosAt + this.#components + this.#trackers * trackerSize);
    this.reset(headStart);
  }

  /**
   * Forgets everything; R starts at `headStart` days, which the threshold must be raised by for the same
   * guarantee.
   */
  reset(headStart: Days = 0): void {
    this.state.fill(0);
    this.state.fill(headStart, ratiosAt, ratiosAt + this.#components);
  }

  /** When the last step began, in days. */
  get time(): Days {
    return this.state[timeAt]!;
  }

  /**
   * One step: `observations` of the period that began at `at` (days, event time), `inflow` days after the
   * last one. An inflow below 0 counts as 0: a clock that jumps back adds nothing.
   */
  step(at: Days, inflow: Days, observations: Observations): void {
    const { lnRatio, n, observed, expected } = observations;
    let most = 0;
    for (let k = 0; k < this.#components; k++) if (lnRatio[k]! > most) most = lnRatio[k]!;
    // A step so strong that its ratio would overflow is taken with a common factor of 2^shift less.
    const shift = most > largestLn ? Math.ceil(most / Math.LN2) : 0;
    const lnShift = shift * Math.LN2;
    for (let k = 0; k < this.#components; k++) this.#ratio[k] = Math.exp(lnRatio[k]! - lnShift);
    this.#multiply(inflow, this.#ratio, shift);
    this.#track(at, lnRatio, n, observed, expected);
  }

  /** `step` for a single trial, without a logarithm or an exponential. */
  stepTrial(at: Days, inflow: Days, event: boolean, trial: Trial): void {
    this.#multiply(inflow, event ? trial.eventRatio : trial.otherRatio, 0);
    this.#track(at, event ? trial.lnEventRatio : trial.lnOtherRatio, 1, event ? 1 : 0, trial.p0);
  }

  #multiply(inflow: Days, ratio: Float64Array, shift: number): void {
    const { state } = this;
    const exponent = state[exponentAt]!;
    const start = inflow > 0 ? (exponent === 0 ? inflow : inflow * 2 ** -exponent) : 0;
    let peak = 0;
    for (let k = 0; k < this.#components; k++) {
      const value = (state[ratiosAt + k]! + start) * ratio[k]!;
      state[ratiosAt + k] = value;
      if (value > peak) peak = value;
    }
    state[exponentAt] = exponent + shift;
    if (peak > largest || (peak < 1 / largest && exponent + shift > 0)) this.#rescale(peak);
  }

  #track(at: Days, lnRatio: Float64Array, n: number, observed: number, expected: number): void {
    const { state } = this;
    const last = this.#components - 1;
    let tracker = ratiosAt + this.#components;
    for (let t = 0; t < this.#trackers; t++, tracker += trackerSize) {
      const ln = lnRatio[2 * t < last ? 2 * t + 1 : last]!;
      const before = state[tracker + W]!;
      if (before > 0) {
        state[tracker + W] = before + ln;
        state[tracker + N] = state[tracker + N]! + n;
        state[tracker + OBSERVED] = state[tracker + OBSERVED]! + observed;
        state[tracker + EXPECTED] = state[tracker + EXPECTED]! + expected;
      } else {
        state[tracker + W] = ln;
        state[tracker + START] = at;
        state[tracker + N] = n;
        state[tracker + OBSERVED] = observed;
        state[tracker + EXPECTED] = expected;
      }
    }
    state[timeAt] = at;
  }

  /** Moves a power of two between the components and their common exponent, which stays 0 or above. */
  #rescale(peak: number): void {
    const { state } = this;
    const exponent = state[exponentAt]!;
    const power =
      peak > 0
        ? Math.max(-exponent, Math.min(1000, Math.max(-1000, Math.floor(Math.log2(peak)))))
        : -exponent;
    state[exponentAt] = exponent + power;
    if (peak === 0) return;
    const factor = 2 ** -power;
    for (let k = 0; k < this.#components; k++) state[ratiosAt + k] = state[ratiosAt + k]! * factor;
  }

  /** ln of the evidence in days; −∞ before the first step. */
  lnDays(): number {
    return Math.log(this.#mixture()) + this.state[exponentAt]! * Math.LN2;
  }

  /** Evidence in days, at most 1e300. */
  days(): Days {
    const exponent = this.state[exponentAt]!;
    return exponent === 0 ? this.#mixture() : Math.min(1e300, Math.exp(this.lnDays()));
  }

  #mixture(): number {
    let sum = 0;
    for (let k = 0; k < this.#components; k++) sum += this.grid.weights[k]! * this.state[ratiosAt + k]!;
    return sum;
  }

  /**
   * Share of each component in the evidence: the posterior weight of its odds ratio with the onset integrated
   * out. All 0 where there is no evidence.
   */
  posterior(into: Float64Array = new Float64Array(this.#components)): Float64Array {
    const sum = this.#mixture();
    for (let k = 0; k < this.#components; k++) {
      into[k] = sum > 0 ? (this.grid.weights[k]! * this.state[ratiosAt + k]!) / sum : 0;
    }
    return into;
  }

  get trackers(): number {
    return this.#trackers;
  }

  /** Number of the component that tracker `t` follows. */
  trackedComponent(t: number): number {
    return componentOf(t, this.#components);
  }

  /** Excursion of tracker `t`. */
  excursion(t: number): Excursion {
    const at = ratiosAt + this.#components + t * trackerSize;
    const { state } = this;
    return {
      lnRatio: Math.max(0, state[at + W]!),
      start: state[at + START]!,
      n: state[at + N]!,
      observed: state[at + OBSERVED]!,
      expected: state[at + EXPECTED]!,
    };
  }

  /** The excursion with the greatest likelihood ratio. */
  leader(): Excursion {
    let best = this.excursion(0);
    for (let t = 1; t < this.#trackers; t++) {
      const other = this.excursion(t);
      if (other.lnRatio > best.lnRatio) best = other;
    }
    return best;
  }

  /** The state, exactly: 8 bytes a number, little-endian. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.state.byteLength);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < this.state.length; i++) view.setFloat64(8 * i, this.state[i]!, true);
    return bytes;
  }

  /** Takes over what `encode` gave. Throws `RangeError` where the length is that of another grid. */
  decode(bytes: Uint8Array): this {
    if (bytes.byteLength !== this.state.byteLength) {
      throw new RangeError(`${bytes.byteLength} bytes of evidence, where ${this.state.byteLength} are right`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < this.state.length; i++) this.state[i] = view.getFloat64(8 * i, true);
    return this;
  }
}

const componentOf = (tracker: number, components: number): number =>
  Math.min(2 * tracker + 1, components - 1);
