import { expect, test } from 'vitest';
import { aPoint, aSegment, someEvidence, someRates } from './build.ts';
import { Picture } from './picture.ts';
import { type Sort, tableRows } from './table.ts';

const picture = new Picture();
picture.takeRates([
  someRates('b', { points: [aPoint({ value: 0.3 })], evidence: [someEvidence({ level: 'warning' })] }),
  someRates('a', { points: [aPoint({ value: 0.1 })], evidence: [someEvidence()] }),
  someRates('c', { points: [aPoint({ value: null, state: 'no_data' })] }),
]);
const segments = [
  aSegment('a', {}, 'AI · Returns'),
  aSegment('b', {}, 'Seam · Returns'),
  aSegment('c', {}, 'AI · FAQ'),
];
const ids = (sort: Sort, search = '') =>
  tableRows(picture, segments, '7d', new Map(), search, sort).map((row) => row.segment.id);

test('rows sort by value in both directions, and missing values stay last', () => {
  expect(ids({ key: 'repeat_contact', descending: true })).toEqual(['b', 'a', 'c']);
  expect(ids({ key: 'repeat_contact', descending: false })).toEqual(['a', 'b', 'c']);
});

test('the worst state comes first', () => {
  expect(ids({ key: 'mark', descending: false })).toEqual(['b', 'a', 'c']);
});

test('a search finds rows that have every word, in any case', () => {
  expect(ids({ key: 'title', descending: false }, 'RETURNS ai')).toEqual(['a']);
  expect(ids({ key: 'title', descending: false }, '  ')).toEqual(['c', 'a', 'b']);
});

test('measures that a segment does not have do not make it partly measured', () => {
  expect(
    tableRows(picture, segments, '7d', new Map(), '', { key: 'title', descending: false })[1]?.mark,
  ).toBe('quiet');
});
