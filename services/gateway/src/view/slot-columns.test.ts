import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotColumns } from './slot-columns.ts';

test('whatever the order of rows, the newest slots are kept, each with its last value', () => {
  const writes = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 999 })), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(writes, fc.integer({ min: 1, max: 20 }), (rows, capacity) => {
      const columns = new SlotColumns(capacity);
      let model = new Map<number, number>();
      for (const [slot, whole] of rows) {
        columns.set(slot, [whole / 2, null, null, null], whole);
        const newest = [...new Map(model).set(slot, whole)].sort(([a], [b]) => a - b).slice(-capacity);
        model = new Map(newest);
      }
      const found = [...columns.rows()].map(({ slot, whole, values }) => [slot, whole, values[0]]);
      expect(found).toEqual([...model].map(([slot, whole]) => [slot, whole, whole / 2]));
      expect(columns.length).toBe(model.size);
    }),
  );
});

test('rows keep seven digits, absent numbers and a range', () => {
  const columns = new SlotColumns(10);
  columns.set(5, [0.1512345, null, 28.5, null], 8_412);
  columns.set(7, [0, 0, 0, 0], 0);
  expect([...columns.rows(5, 6)]).toEqual([{ slot: 5, values: [0.1512345, null, 28.5, null], whole: 8_412 }]);
  expect([...columns.rows(6)].map((row) => row.slot)).toEqual([7]);
});
