import { describe, expect, it } from 'vitest';
import { fitAdditive, nestedTerms, predictLogit } from './additive-model.ts';
import { expit } from './odds.ts';
import { seededRandom } from './random.fixture.ts';

function rowsOf(cells: readonly { key: string[]; n: number; sum: number }[]) {
  return {
    keys: cells.map((cell) => cell.key),
    n: Float64Array.from(cells, (cell) => cell.n),
    sum: Float64Array.from(cells, (cell) => cell.sum),
  };
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
    const model = fitAdditive(rowsOf(cells), nestedTerms(2));
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
    const model = fitAdditive(rowsOf(cells), nestedTerms(1));
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
    const model = fitAdditive(rowsOf(cells), nestedTerms(2));
    expect(expit(predictLogit(model, ['b', 'new']))).toBeCloseTo(0.3, 1);
    const stranger = expit(predictLogit(model, ['new', 'new']));
    expect(stranger).toBeGreaterThan(0.1);
    expect(stranger).toBeLessThan(0.3);
  });

  it.each([
    ['nothing ever happened', 0],
    ['everything happened', 1],
  ])('stays finite where %s', (_, p) => {
    const model = fitAdditive(rowsOf([{ key: ['a'], n: 5000, sum: 5000 * p }]), nestedTerms(1));
    expect(Math.abs(expit(predictLogit(model, ['a'])) - p)).toBeLessThan(0.001);
    expect(Number.isFinite(predictLogit(model, ['a']))).toBe(true);
  });

  it('knows nothing, and says one half, where there was no observation', () => {
    expect(predictLogit(fitAdditive(rowsOf([]), []), ['a'])).toBe(0);
  });
});
