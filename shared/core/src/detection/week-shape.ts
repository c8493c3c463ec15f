import { fitAdditive, namedModel, predictLogit, type Rows } from './additive-model.ts';
import { designOf, nestedTerms, type Term } from './design.ts';
import { hoursPerWeek } from './history.ts';
import { expit, logit } from './odds.ts';

const hourKeys = Array.from({ length: hoursPerWeek }, (_, hour) => [
  String(hour % 24),
  String(Math.floor(hour / 24)),
]);

/** Observations by hour of the week, of several groups of strata, and what they tell of the shape of the week. */
export class WeekShape {
  /** [n, sum] of hour 0, of hour 1, …, by group; undefined where a group has none. */
  readonly #counts: readonly (Float64Array | undefined)[];
  readonly #keys: string[][] = [];
  /** Group of each row. */
  readonly #groups: number[] = [];
  readonly #rows: Rows;
  readonly #design: Term[];

  /** `scale`: sums are divided by it. */
  constructor(counts: readonly (Float64Array | undefined)[], scale: number) {
    this.#counts = counts;
    const n: number[] = [];
    const sum: number[] = [];
    for (const [hour, key] of hourKeys.entries()) {
      for (const [group, hours] of counts.entries()) {
        if (!hours || hours[2 * hour] === 0) continue;
        this.#keys.push(key);
        this.#groups.push(group);
        n.push(hours[2 * hour]!);
        sum.push(hours[2 * hour + 1]! / scale);
      }
    }
    this.#rows = { n: Float64Array.from(n), sum: Float64Array.from(sum), offset: new Float64Array(n.length) };
    this.#design = designOf(this.#keys, nestedTerms(2));
  }

  /**
   * Effects of hour of day, day of week and hour of week over what the mix of groups in each hour makes one
   * expect. The intercept is dropped: hours tell a shape, never a level. `levels`: mean logit of each group.
   */
  fit(levels: Float64Array, dispersion: number): Float64Array {
    for (const [row, group] of this.#groups.entries()) this.#rows.offset[row] = levels[group]!;
    const fit = fitAdditive(this.#design, this.#rows, dispersion);
    const model = { ...namedModel(this.#keys, this.#design, fit), intercept: 0 };
    return Float64Array.from(hourKeys, (key) => predictLogit(model, key));
  }

  /**
   * What the hours in which each group was seen add to the logit of its mean probability; more than their
   * mean, as logits are curved.
   */
  offsets(levels: Float64Array, hours: Float64Array): Float64Array {
    return levels.map((level, group) => {
      const counts = this.#counts[group];
      if (!counts) return 0;
      let n = 0;
      let sum = 0;
      for (let hour = 0; hour < hoursPerWeek; hour++) {
        n += counts[2 * hour]!;
        sum += counts[2 * hour]! * expit(level + hours[hour]!);
      }
      return n > 0 ? logit(sum / n) - level : 0;
    });
  }
}
