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
  terms: readonly FittedTerm[];
}

interface FittedTerm {
  /** Positions in the key. */
  attributes: readonly number[];
  effects: ReadonlyMap<string, number>;
}

/** Rows to learn from; `sum` ≤ n is the number of events, or the sum of scores in [0, 1]. */
export interface Rows {
  /** Attribute values, most important first; all of the same length. */
  keys: readonly (readonly string[])[];
  n: Float64Array;
  sum: Float64Array;
  /** Added to each row's logit. */
  offset?: Float64Array;
}

const separator = '|';
const mostSweeps = 60;
const tolerance = 1e-7;
const leastVariance = 1e-7;

/** Each attribute alone, then the first two together, the first three, … and all of them. */
export function nestedTerms(attributes: number): number[][] {
  const positions = Array.from({ length: attributes }, (_, i) => i);
  const singles = attributes > 1 ? positions.map((i) => [i]) : [];
  return [...singles, ...positions.slice(1).map((i) => positions.slice(0, i + 1))];
}

/**
 * Fits the model. `dispersion`: variance of an observation over p(1 − p); 1 for events, less for scores. The
 * same rows in the same order give the same bits.
 */
export function fitAdditive(
  rows: Rows,
  terms: readonly (readonly number[])[],
  dispersion = 1,
): AdditiveModel {
  const size = rows.keys.length;
  const eta = new Float64Array(size);
  let intercept = 0;
  const working = terms.map((attributes) => new WorkingTerm(rows.keys, attributes));
  if (rows.offset) eta.set(rows.offset);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const step = interceptStep(rows, eta, intercept);
    intercept += step;
    for (let i = 0; i < size; i++) eta[i] = eta[i]! + step;
    let change = Math.abs(step);
    for (const term of working) change = Math.max(change, term.sweep(rows, eta, dispersion));
    if (change < tolerance) break;
  }
  return { intercept, terms: working.map((term) => term.fitted()) };
}

/** Logit of a stratum. Values never seen add nothing. */
export function predictLogit(model: AdditiveModel, key: readonly string[]): number {
  let sum = model.intercept;
  for (const { attributes, effects } of model.terms) sum += effects.get(partOf(key, attributes)) ?? 0;
  return sum;
}

const partOf = (key: readonly string[], attributes: readonly number[]): string =>
  attributes.map((i) => key[i] ?? '').join(separator);

/**
 * One Newton step towards equal observed and expected totals; one observation of ½ keeps it finite where
 * nothing ever happened.
 */
function interceptStep(rows: Rows, eta: Float64Array, intercept: number): number {
  const prior = expit(intercept);
  let residual = 0.5 - prior;
  let information = prior * (1 - prior);
  for (let i = 0; i < eta.length; i++) {
    const p = expit(eta[i]!);
    residual += rows.sum[i]! - rows.n[i]! * p;
    information += rows.n[i]! * p * (1 - p);
  }
  return limited(residual / information);
}

/** Newton steps of at most 2 in logit cannot run away from a bad start. */
const limited = (step: number): number => Math.max(-2, Math.min(2, step));

class WorkingTerm {
  readonly #attributes: readonly number[];
  readonly #names: string[] = [];
  /** Group of each row. */
  readonly #groups: Int32Array;
  readonly #effects: Float64Array;
  readonly #residual: Float64Array;
  readonly #information: Float64Array;
  #variance = 0.1;

  constructor(keys: Rows['keys'], attributes: readonly number[]) {
    this.#attributes = attributes;
    const ids = new Map<string, number>();
    this.#groups = Int32Array.from(keys, (key) => {
      const name = partOf(key, attributes);
      let id = ids.get(name);
      if (id === undefined) {
        id = this.#names.push(name) - 1;
        ids.set(name, id);
      }
      return id;
    });
    const size = this.#names.length;
    this.#effects = new Float64Array(size);
    this.#residual = new Float64Array(size);
    this.#information = new Float64Array(size);
  }

  /** One penalised Newton step of every effect; returns the largest change. */
  sweep(rows: Rows, eta: Float64Array, dispersion: number): number {
    if (this.#variance <= leastVariance) return 0;
    this.#gather(rows, eta, dispersion);
    const precision = 1 / this.#variance;
    let largest = 0;
    let squares = 0;
    let determined = 0;
    const steps = this.#residual;
    for (let g = 0; g < steps.length; g++) {
      const information = this.#information[g]!;
      const step = (this.#residual[g]! - this.#effects[g]! * precision) / (information + precision);
      steps[g] = limited(step);
      this.#effects[g] = this.#effects[g]! + steps[g]!;
      squares += this.#effects[g]! ** 2;
      determined += information / (information + precision);
      largest = Math.max(largest, Math.abs(steps[g]!));
    }
    for (let i = 0; i < eta.length; i++) eta[i] = eta[i]! + steps[this.#groups[i]!]!;
    this.#variance = determined > 0 ? squares / determined : 0;
    if (this.#variance <= leastVariance) this.#drop(eta);
    return largest;
  }

  #gather(rows: Rows, eta: Float64Array, dispersion: number): void {
    this.#residual.fill(0);
    this.#information.fill(0);
    for (let i = 0; i < eta.length; i++) {
      const g = this.#groups[i]!;
      const p = expit(eta[i]!);
      this.#residual[g] = this.#residual[g]! + (rows.sum[i]! - rows.n[i]! * p) / dispersion;
      this.#information[g] = this.#information[g]! + (rows.n[i]! * p * (1 - p)) / dispersion;
    }
  }

  /** A term without variance explains nothing. */
  #drop(eta: Float64Array): void {
    for (let i = 0; i < eta.length; i++) eta[i] = eta[i]! - this.#effects[this.#groups[i]!]!;
    this.#effects.fill(0);
  }

  fitted(): FittedTerm {
    const effects = new Map<string, number>();
    const named = this.#names.map((name, g) => [name, this.#effects[g]!] as const);
    named.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, effect] of named) if (effect !== 0) effects.set(name, effect);
    return { attributes: this.#attributes, effects };
  }
}
