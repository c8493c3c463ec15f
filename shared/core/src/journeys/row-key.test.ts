import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashHalf, rowKey } from './row-key.ts';

test('the changelog key of a row is a letter and its hash in hexadecimal digits', () => {
  const half = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const hex = (n: number) => n.toString(16).padStart(8, '0');
  fc.assert(
    fc.property(half, half, (hi, lo) => {
      expect(rowKey('customer', hi, lo)).toBe(`c${hex(hi)}${hex(lo)}`);
      const key = rowKey('survey', hi, lo);
      expect([key[0], hashHalf(key, 0), hashHalf(key, 1)]).toEqual(['s', hi, lo]);
    }),
  );
});
