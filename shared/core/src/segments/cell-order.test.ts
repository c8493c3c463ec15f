import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellOrder } from './cell-order.ts';

test('cells stand in the order of their keys, whenever each was met', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.array(fc.nat(39), { maxLength: 6 }), { maxLength: 12 }),
      (keys, meetings) => {
        const order = new CellOrder((cell) => keys[cell]!);
        const met = new Set<number>();
        for (const meeting of meetings) {
          const cells = meeting.filter((cell) => cell < keys.length);
          order.meet(cells);
          for (const cell of cells) met.add(cell);
          const sorted = [...met].sort(order.compare).map((cell) => keys[cell]!);
          const right = [...met].map((cell) => keys[cell]!).sort((a, b) => (a < b ? -1 : 1));
          expect(sorted).toEqual(right);
          // Twice each, so that what is of one cell must stay in its order.
          const items = [0, 1].flatMap((turn) => [...met].map((cell) => ({ cell, turn })));
          const said = order.sorted(items, ({ cell }) => cell).map(({ cell, turn }) => [keys[cell]!, turn]);
          expect(said).toEqual(right.flatMap((key) => [0, 1].map((turn) => [key, turn])));
        }
      },
    ),
  );
});
