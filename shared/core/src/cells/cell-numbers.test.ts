import { cellAttributes } from '@seamwatch/contracts/policy.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attributes, type Cell, cellKey, Dictionary } from './cell.ts';
import { CellNumbers } from './cell-numbers.ts';

test('a cell has the number of its key, and a new key is asked for once', () => {
  const value = fc.constantFrom('a', 'b', 'c');
  const cell = fc.record(Object.fromEntries(cellAttributes.map((name) => [name, value])));
  fc.assert(
    fc.property(fc.array(cell), (cells) => {
      const dictionary = new Dictionary();
      const asked: string[] = [];
      const numbers = new CellNumbers((key) => {
        asked.push(key);
        return dictionary.id(key);
      });
      for (const { tier, ...attributes } of cells as Cell[]) {
        const key = cellKey(tier as '1', attributes as Attributes);
        expect(dictionary.text(numbers.of(tier as '1', attributes as Attributes))).toBe(key);
      }
      expect(asked).toEqual([...new Set(asked)]);
    }),
  );
});
