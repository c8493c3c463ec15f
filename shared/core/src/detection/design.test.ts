import { expect, test } from 'vitest';
import { designOf, nestedTerms } from './design.ts';

test('rows with the same values of a term are a group', () => {
  const keys = [
    ['a', 'x'],
    ['b', 'x'],
    ['a', 'y'],
    ['b', 'x'],
  ];
  const [first, second, both] = designOf(keys, nestedTerms(2));
  expect([...first!.of]).toEqual([0, 1, 0, 1]);
  expect([...second!.of]).toEqual([0, 0, 1, 0]);
  expect([...both!.of]).toEqual([0, 1, 2, 1]);
  expect(both!.firsts).toEqual([0, 1, 2]);
  expect([...both!.rows]).toEqual([0, 1, 3, 2]);
  expect([...both!.ends]).toEqual([1, 3, 4]);
});

test('terms are each attribute alone, then the first two, three, … together', () => {
  expect(nestedTerms(3)).toEqual([[0], [1], [2], [0, 1], [0, 1, 2]]);
  expect(nestedTerms(0)).toEqual([]);
});
