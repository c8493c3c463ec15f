import type { Tier } from '@seamwatch/contracts/measures.ts';
import { cellAttributes } from '@seamwatch/contracts/policy.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, cellKey, Dictionary } from './cell.ts';
import { CellNumbers } from './cell-numbers.ts';

const cellsOf = (values: string) => {
  const value = fc.constantFrom(...values);
  const cell = fc.record(Object.fromEntries(cellAttributes.map((name) => [name, value])));
  return fc.array(cell) as fc.Arbitrary<Cell[]>;
};

/** Checks the number of each cell; gives the keys that were asked for. */
function askedFor(cells: readonly Cell[]): string[] {
  const dictionary = new Dictionary();
  const asked: string[] = [];
  const numbers = new CellNumbers((key) => {
    asked.push(key);
    return dictionary.id(key);
  });
  for (const { tier, ...attributes } of cells) {
    const key = cellKey(tier as Tier, attributes);
    expect(dictionary.text(numbers.of(tier as Tier, attributes))).toBe(key);
  }
  return asked;
}

test('a cell has the number of its key, and a new key is asked for once', () => {
  fc.assert(
    fc.property(cellsOf('ab'), (cells) => {
      const asked = askedFor(cells);
      expect(asked).toEqual([...new Set(asked)]);
    }),
  );
});

test('a cell has the number of its key where attributes have more values than bits', () => {
  fc.assert(fc.property(cellsOf('abcdefghijkl'), (cells) => void askedFor(cells)));
});
