import { describe, expect, it } from 'vitest';
import { type AdditiveModel, fitAdditive, namedModel, predictLogit, rowLogits } from './additive-model.ts';
import { designOf, nestedTerms } from './design.ts';
import { expit } from './odds.ts';
import { seededRandom } from './random.fixture.ts';

function fit(cells: readonly { key: string[]; n: number; sum: number }[], terms: number[][]): AdditiveModel {
  const keys = cells.map((cell) => cell.key);
  const design = designOf(keys, terms);
  const rows = {
    n: Float64Array.from(cells, (cell) => cell.n),
    sum: Float64Array.from(cells, (cell) => cell.sum),
    offset: new Float64Array(cells.length),
  };
  return namedModel(keys, design, fitAdditive(design, rows));
}

/** The same in plain form: logits of all rows are worked out anew for each step. */
function plainLogits(
  rows: readonly { key: string[]; n: number; sum: number; offset: number }[],
  terms: number[][],
) {
  const effects = terms.map(() => new Map<string, number>());
  const variances = terms.map(() => 0.1);
  let intercept = 0;
  const nameOf = (key: readonly string[], term: readonly number[]) => term.map((i) => key[i]).join();
  const logitOf = (key: readonly string[]) =>
    terms.reduce((sum, term, t) => sum + (effects[t]!.get(nameOf(key, term)) ?? 0), intercept);
  const newton = (of: typeof rows, residual: number, information: number) => {
    for (const { key, n, sum, offset } of of) {
      const p = expit(offset + logitOf(key));
      residual += sum - n * p;
      information += n * p * (1 - p);
    }
    return { residual, information };
  };
  for (let sweep = 0; sweep < 60; sweep++) {
    const prior = expit(intercept);
    const all = newton(rows, 0.5 - prior, prior * (1 - prior));
    const step = all.residual / all.information;
    intercept += step;
    let change = Math.abs(step);
    for (const [t, term] of terms.entries()) {
      if (variances[t]! <= 1e-7) continue;
      const precision = 1 / variances[t]!;
      let [squares, determined] = [0, 0];
      // Groups share no row, so that the order of their steps does not matter.
      for (const [name, own] of Map.groupBy(rows, ({ key }) => nameOf(key, term))) {
        const effect = effects[t]!.get(name) ?? 0;
        const { residual, information } = newton(own, -effect * precision, 0);
        const ownStep = residual / (information + precision);
        effects[t]!.set(name, effect + ownStep);
        squares += (effect + ownStep) ** 2;
        determined += information / (information + precision);
        change = Math.max(change, Math.abs(ownStep));
      }
      variances[t] = squares / determined;
      if (variances[t]! <= 1e-7) effects[t]!.clear();
    }
    if (change < 1e-7) break;
  }
  return rows.map(({ key }) => logitOf(key));
}

describe('the additive model of a baseline', () => {
  it('gives thick strata their own rate and thin ones that of their relatives', () => {
    const random = seededRandom(5);
    const cells = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].flatMap((category) =>
      ['x', 'y'].map((channel) => {
        const p = expit(-1.7 + 0.1 * (category.charCodeAt(0) - 100) + (channel === 'y' ? 0.3 : 0));
        const n = category === 'h' && channel === 'y' ? 12 : 20_000;
        let sum = 0;
        for (let i = 0; i < n; i++) if (random() < p) sum++;
        return { key: [category, channel], n, sum: n === 12 ? 8 : sum, p };
      }),
    );
    const model = fit(cells, nestedTerms(2));
    for (const { key, n, p } of cells) {
      if (n > 12) expect(Math.abs(expit(predictLogit(model, key)) - p)).toBeLessThan(0.012);
    }
    const thin = cells.at(-1)!;
    expect(Math.abs(expit(predictLogit(model, thin.key)) - thin.p)).toBeLessThan(0.05);
  });

  it('drops a term that explains nothing but chance', () => {
    const random = seededRandom(11);
    const cells = Array.from({ length: 60 }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < 300; j++) if (random() < 0.15) sum++;
      return { key: [String(i)], n: 300, sum };
    });
    const model = fit(cells, nestedTerms(1));
    const logits = cells.map(({ key }) => predictLogit(model, key));
    expect(Math.max(...logits) - Math.min(...logits)).toBeLessThan(0.15);
    expect(expit(logits[0]!)).toBeCloseTo(0.15, 1);
  });

  it('predicts a stratum never seen from what its attributes have in common with others', () => {
    const cells = ['a', 'b'].flatMap((category) =>
      ['x', 'y', 'z'].map((channel) => ({
        key: [category, channel],
        n: 50_000,
        sum: 50_000 * (category === 'a' ? 0.1 : 0.3),
      })),
    );
    const model = fit(cells, nestedTerms(2));
    expect(expit(predictLogit(model, ['b', 'new']))).toBeCloseTo(0.3, 1);
    const stranger = expit(predictLogit(model, ['new', 'new']));
    expect(stranger).toBeGreaterThan(0.1);
    expect(stranger).toBeLessThan(0.3);
  });

  it.each([
    ['nothing ever happened', 0],
    ['everything happened', 1],
  ])('stays finite where %s', (_, p) => {
    const model = fit([{ key: ['a'], n: 5000, sum: 5000 * p }], nestedTerms(1));
    expect(Math.abs(expit(predictLogit(model, ['a'])) - p)).toBeLessThan(0.001);
    expect(Number.isFinite(predictLogit(model, ['a']))).toBe(true);
  });

  it('is that of plain penalised Newton steps with variances by the fixed point', () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 120 }, (_, i) => {
      const key = [String(i % 4), String(i % 5), String(i % 6)];
      const n = 1 + Math.floor(random() ** 3 * 2_000);
      const p = expit(-2 + 0.4 * (i % 4) + 0.2 * (i % 5) + 0.3 * random());
      return { key, n, sum: Math.round(n * p), offset: 0.2 * random() };
    });
    const design = designOf(
      rows.map(({ key }) => key),
      nestedTerms(3),
    );
    const column = (name: 'n' | 'sum' | 'offset') => Float64Array.from(rows, (row) => row[name]);
    const fitted = fitAdditive(design, { n: column('n'), sum: column('sum'), offset: column('offset') });
    const logits = rowLogits(design, fitted, rows.length);
    for (const [i, plain] of plainLogits(rows, nestedTerms(3)).entries()) {
      expect(logits[i]).toBeCloseTo(plain, 10);
    }
  });

  it('knows nothing, and says one half, where there was no observation', () => {
    expect(predictLogit(fit([], []), ['a'])).toBe(0);
  });
});
