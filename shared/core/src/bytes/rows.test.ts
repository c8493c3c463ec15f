import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ByteColumn,
  FloatColumn,
  IntColumn,
  Rows,
  ShortColumn,
  SignedByteColumn,
  WordColumn,
} from './rows.ts';

test('each column keeps what was put into it, whatever is put into the others, over pieces of memory', () => {
  const rows = new Rows(24);
  const columns = [
    { column: new FloatColumn(rows, 0), value: fc.double({ noNaN: true }) },
    { column: new IntColumn(rows, 8), value: fc.integer() },
    { column: new WordColumn(rows, 12), value: fc.nat({ max: 2 ** 32 - 1 }) },
    { column: new ShortColumn(rows, 16), value: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }) },
    { column: new SignedByteColumn(rows, 18), value: fc.integer({ min: -128, max: 127 }) },
    { column: new ByteColumn(rows, 23), value: fc.nat({ max: 255 }) },
  ];
  const put = fc
    .nat({ max: columns.length - 1 })
    .chain((at) =>
      fc.record({ at: fc.constant(at), row: fc.nat({ max: 10_000 }), value: columns[at]!.value }),
    );
  fc.assert(
    fc.property(fc.array(put), (puts) => {
      const expected = new Map<string, { at: number; row: number; value: number }>();
      for (const { at, row, value } of puts) {
        rows.reserve(row);
        columns[at]!.column.set(row, value);
        expected.set(`${at} ${row}`, { at, row, value });
      }
      for (const { at, row, value } of expected.values()) expect(columns[at]!.column.get(row)).toBe(value);
    }),
  );
});

test('a column that does not fit into a row is refused', () => {
  const rows = new Rows(16);
  expect(() => new FloatColumn(rows, 4)).toThrow(RangeError);
  expect(() => new IntColumn(rows, 16)).toThrow('no column of 4 bytes fits at 16 in a row of 16');
});
