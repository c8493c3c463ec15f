import { expect, test } from 'vitest';
import { CellUse } from './cell-use.ts';

test('a cell is empty once the last has left it, and not if somebody came back', () => {
  const use = new CellUse();
  for (const cell of [3, 3, 5_000]) use.enter(cell);
  for (const cell of [3, 5_000]) use.leave(cell);
  expect(use.takeEmpty()).toEqual([5_000]);
  use.leave(3);
  use.enter(3);
  expect(use.takeEmpty()).toEqual([]);
  use.leave(3);
  expect(use.takeEmpty()).toEqual([3]);
  expect(use.takeEmpty()).toEqual([]);
});

test('restored cells in which nobody stands are empty, whatever their number', () => {
  const use = new CellUse();
  use.enter(2);
  use.restored([1, 2, 70_000]);
  expect(use.takeEmpty()).toEqual([1, 70_000]);
});
