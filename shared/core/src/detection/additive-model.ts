import type { Term } from './design.ts';
import { expit } from './odds.ts';

/**
 * logit p = intercept + Σ_terms b_term[values of its attributes], every term a random effect with a variance
 * of its own that is learned with it: penalised Newton steps term by term (backfitting; Breslow, Clayton
 * 1993), variances by MacKay's fixed point. A thin stratum thereby shrinks to what its attributes have in
 * common with thicker ones; a term that explains nothing vanishes; a stratum never seen gets the sum of what
 * is known about its attributes.
 */
export interface AdditiveModel {
  intercept: number;
  /** Those that explain anything. */
  terms: readonly FittedTerm[];
}

interface FittedTerm {
  /** Positions in the key. */
  attributes: readonly number[];
  effects: ReadonlyMap<string, number>;
}

/** What to learn from, by row; `sum` ≤ n is the number of events, or the sum of scores in [0, 1]. */
export interface Rows {
  n: Float64Array;
  sum: Float64Array;
  /** Added to each row's logit. */
  offset: Float64Array;
}

/** A model of the rows that it was fitted to. */
export interface AdditiveFit {
  intercept: number;
  /** By term, then group. */
  effects: readonly Float64Array[];
}

const mostSweeps = 60;
const tolerance = 1e-7;
const leastVariance = 1e-7;

/**
 * Fits the model. `dispersion`: variance of an observation over p(1 − p); 1 for events, less for scores. The
 * same rows in the same order give the same bits.
 */
export function fitAdditive(design: readonly Term[], rows: Rows, dispersion = 1): AdditiveFit {
  const against = rows.offset.map((logit) => Math.exp(-logit));
  const intercept = new Intercept(rows);
  const terms = design.map((term) => new RandomEffects(term, rows, dispersion));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let change = intercept.step(against);
    for (const term of terms) change = Math.max(change, term.step(against));
    if (change < tolerance) break;
  }
  return { intercept: intercept.value, effects: terms.map((term) => term.effects) };
}

/** The logit that a fit gives each row, without its offset. */
export function rowLogits(design: readonly Term[], fit: AdditiveFit, rows: number): Float64Array {
  const logits = new Float64Array(rows).fill(fit.intercept);
  for (const [t, { of }] of design.entries()) {
    const effects = fit.effects[t]!;
    for (let i = 0; i < rows; i++) logits[i] = logits[i]! + effects[of[i]!]!;
  }
  return logits;
}

/** The model by the names of attribute values, for rows that it was not fitted to as well. */
export function namedModel(
  keys: readonly (readonly string[])[],
  design: readonly Term[],
  fit: AdditiveFit,
): AdditiveModel {
  const terms = design.map(({ attributes, firsts }, t) => {
    const effects = new Map<string, number>();
    for (const [group, effect] of fit.effects[t]!.entries()) {
      if (effect !== 0) effects.set(nameOf(keys[firsts[group]!]!, attributes), effect);
    }
    return { attributes, effects };
  });
  return { intercept: fit.intercept, terms: terms.filter(({ effects }) => effects.size > 0) };
}

/** Logit of a stratum. Values never seen add nothing. */
export function predictLogit(model: AdditiveModel, key: readonly string[]): number {
  let sum = model.intercept;
  for (const { attributes, effects } of model.terms) sum += effects.get(nameOf(key, attributes)) ?? 0;
  return sum;
}

function nameOf(key: readonly string[], attributes: readonly number[]): string {
  let name = key[attributes[0]!] ?? '';
  for (let i = 1; i < attributes.length; i++) name += `|${key[attributes[i]!] ?? ''}`;
  return name;
}

/** Newton steps of at most 2 in logit cannot run away from a bad start. */
const limited = (step: number): number => Math.max(-2, Math.min(2, step));

/**
 * Odds against an event, by row. Effects multiply them, so that a step takes an exponential a group and not
 * one a row: a fit takes a quarter of the time.
 */
type OddsAgainst = Float64Array;

/** e⁻ˣ. Nearly all steps are small; with the series, exact to the last digit or two, a fit takes an eighth less. */
function expMinus(x: number): number {
  if (Math.abs(x) > 1 / 64) return Math.exp(-x);
  return 1 - x * (1 - x * (1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120 - x / 720)))));
}

class Intercept {
  value = 0;
  readonly #n: Float64Array;
  readonly #observed: number;

  constructor({ n, sum }: Rows) {
    this.#n = n;
    this.#observed = sum.reduce((a, b) => a + b, 0);
  }

  /**
   * One Newton step towards equal observed and expected totals; one observation of ½ keeps it finite where
   * nothing ever happened. Returns the change.
   */
  step(against: OddsAgainst): number {
    const n = this.#n;
    const prior = expit(this.value);
    let expected = prior;
    let information = prior * (1 - prior);
    for (let i = 0; i < n.length; i++) {
      const p = 1 / (1 + against[i]!);
      const events = n[i]! * p;
      expected += events;
      information += events * (1 - p);
    }
    const step = limited((0.5 + this.#observed - expected) / information);
    const factor = expMinus(step);
    for (let i = 0; i < n.length; i++) against[i] = against[i]! * factor;
    this.value += step;
    return Math.abs(step);
  }
}

class RandomEffects {
  readonly effects: Float64Array;
  readonly #term: Term;
  readonly #n: Float64Array;
  readonly #observed: Float64Array;
  readonly #dispersion: number;
  #variance = 0.1;

  constructor(term: Term, { n, sum }: Rows, dispersion: number) {
    this.effects = new Float64Array(term.firsts.length);
    this.#term = term;
    this.#n = n;
    this.#observed = new Float64Array(term.firsts.length);
    for (const [row, g] of term.of.entries()) this.#observed[g] = this.#observed[g]! + sum[row]!;
    this.#dispersion = dispersion;
  }

  /** One penalised Newton step of every effect, and one of their variance; returns the largest change. */
  step(against: OddsAgainst): number {
    if (this.#variance <= leastVariance) return 0;
    const { rows, ends } = this.#term;
    const n = this.#n;
    const effects = this.effects;
    const penalty = this.#dispersion / this.#variance;
    let largest = 0;
    let squares = 0;
    let determined = 0;
    for (let g = 0, start = 0; g < ends.length; g++) {
      const end = ends[g]!;
      let expected = 0;
      let information = 0;
      for (let k = start; k < end; k++) {
        const i = rows[k]!;
        const p = 1 / (1 + against[i]!);
        const events = n[i]! * p;
        expected += events;
        information += events * (1 - p);
      }
      const scale = 1 / (information + penalty);
      const step = limited((this.#observed[g]! - expected - effects[g]! * penalty) * scale);
      const factor = expMinus(step);
      for (let k = start; k < end; k++) against[rows[k]!] = against[rows[k]!]! * factor;
      const effect = effects[g]! + step;
      effects[g] = effect;
      squares += effect * effect;
      determined += information * scale;
      largest = Math.max(largest, Math.abs(step));
      start = end;
    }
    this.#variance = determined > 0 ? squares / determined : 0;
    if (this.#variance <= leastVariance) this.#drop(against);
    return largest;
  }

  /** A term without variance explains nothing. */
  #drop(against: OddsAgainst): void {
    const factors = this.effects.map(Math.exp);
    for (const [i, g] of this.#term.of.entries()) against[i] = against[i]! * factors[g]!;
    this.effects.fill(0);
  }
}
