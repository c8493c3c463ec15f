import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex } from './hash-index.ts';
import { SipHash } from './siphash.ts';

const key = Uint8Array.from({ length: 16 }, (_, i) => i);

// First vectors of the reference implementation (veorq/SipHash, vectors.h): key 00…0f, input 00, 00 01, …
test.each([
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
  [63, '724506eb4c328a95'],
])('SipHash-2-4 of %i bytes equals the reference', (length, digest) => {
  const hash = new SipHash(key).bytes(Uint8Array.from({ length }, (_, i) => i));
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, hash.lo, true);
  bytes.setUint32(4, hash.hi, true);
  expect(Buffer.from(bytes.buffer).toString('hex')).toBe(digest);
});

test('a text is hashed by its UTF-8 bytes', () => {
  const text = 'Kundin Zoë 客'.repeat(30);
  const a = new SipHash(key).text(text);
  const b = new SipHash(key).bytes(new TextEncoder().encode(text));
  expect([a.hi, a.lo]).toEqual([b.hi, b.lo]);
});

/** Few distinct ones, the lowest and the highest there are among them, so that runs collide and go on behind the last home. */
const low = (id: number): number => [0xfffffff0, 0xffffffff, 0, 7, 0xfffffff1][id % 5]!;

test('the index behaves like a Map under any order of set, get and delete', () => {
  const small = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 300 }));
  const step = fc.tuple(fc.constantFrom('set', 'delete', 'get'), small, fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1_000, size: 'max' }), (steps) => {
      const index = new HashIndex({ capacity: 1 });
      const model = new Map<number, number>();
      for (const [kind, id, other] of steps) {
        const [hi, lo] = [id, low(id)];
        // A hash may be given another row; no two have the same.
        const row = 2 * id + (other ? 1 : 0);
        if (kind === 'set') {
          index.set(hi, lo, row);
          model.set(id, row);
        } else if (kind === 'delete') expect(index.delete(hi, lo)).toBe(model.delete(id));
        else expect(index.get(hi, lo)).toBe(model.get(id) ?? -1);
      }
      expect(index.size).toBe(model.size);
      for (const [id, row] of model) expect(index.get(id, low(id))).toBe(row);
    }),
  );
});
