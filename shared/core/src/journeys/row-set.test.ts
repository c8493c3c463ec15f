import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowSet } from './row-set.ts';

test('a set of rows holds what a Set would', () => {
  const step = fc.tuple(fc.constantFrom('add', 'delete', 'take'), fc.integer({ min: 0, max: 3_000 }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const rows = new RowSet();
      const set = new Set<number>();
      for (const [what, row] of [...steps, ['take', 0] as const]) {
        if (what === 'take') {
          expect(rows.take().toSorted()).toEqual([...set].toSorted());
          set.clear();
        } else {
          rows[what](row);
          set[what](row);
        }
      }
    }),
  );
});
