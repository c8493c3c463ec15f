import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowQueue } from './row-queue.ts';

test('the row that is free for the longest is used first', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat()), { maxLength: 1_000, size: 'max' }), (steps) => {
      const queue = new RowQueue();
      const model: number[] = [];
      for (const row of steps) {
        if (row === null) expect(queue.shift()).toBe(model.shift());
        else {
          queue.push(row);
          model.push(row);
        }
      }
      expect([...queue]).toEqual(model);
    }),
  );
});
