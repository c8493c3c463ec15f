import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.ts';

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
      fc.array(fc.double()),
      fc.string({ unit: 'grapheme' }),
      (ints, floats, text) => {
        const writer = new ByteWriter(1);
        for (const i of ints) writer.int(i);
        for (const f of floats) writer.float(f);
        const reader = new ByteReader(writer.text(text).byte(200).take());
        expect(ints.map(() => reader.int())).toEqual(ints.map((i) => i + 0));
        expect(floats.map(() => reader.float())).toEqual(floats);
        expect([reader.text(), reader.byte(), reader.done, writer.length]).toEqual([text, 200, true, 0]);
      },
    ),
  );
});

test('what was taken stays as it was while the writer goes on', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }))), (pieces) => {
      const writer = new ByteWriter(8);
      const taken = pieces.map((ints) => {
        for (const i of ints) writer.int(i);
        return writer.take();
      });
      const read = taken.map((bytes, p) => {
        const reader = new ByteReader(bytes);
        const ints = pieces[p]!.map(() => reader.int());
        expect(reader.done).toBe(true);
        return ints;
      });
      expect(read).toEqual(pieces.map((ints) => ints.map((i) => i + 0)));
    }),
  );
});

test('reading past the end is an error', () => {
  expect(() => new ByteReader(new Uint8Array(0)).int()).toThrow(RangeError);
  expect(() => new ByteReader(Uint8Array.of(10)).bytes()).toThrow(RangeError);
});
