import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { type AbortedTransaction, decodeRecords } from './decode-records.ts';
import { encodeRecords, recordSizeBound, type WireRecord } from './encode-records.ts';

const plain = { producerId: 7, epoch: 0, sequence: 0, transactional: false, nowMs: 1_700_000_000_123 };
const attributesAt = 21;
const countEnd = 61;

/** A batch as the broker would return it, from `baseOffset`. */
function stored(baseOffset: number, records: WireRecord[], options: Partial<typeof plain> = {}): Buffer {
  const batch = encodeRecords(records, { ...plain, ...options });
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  return batch;
}

/** The record that ends a transaction, at `offset`. */
function marker(offset: number, producerId: number, kind: 'abort' | 'commit'): Buffer {
  const key = kind === 'abort' ? '\0\0\0\0' : '\0\0\0\u0001';
  const batch = stored(offset, [{ key, value: Buffer.alloc(6) }], { producerId, transactional: true });
  batch.writeInt16BE(0x30, attributesAt);
  return batch;
}

const of = (...keys: string[]): WireRecord[] => keys.map((key) => ({ key, value: Buffer.from(key) }));
const keys = (bytes: Buffer, from = 0, aborted: AbortedTransaction[] = []) =>
  decodeRecords(bytes, from, aborted).records.map((r) => r.key);

test('the checksum is CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
  expect(crc32c(Buffer.from('xx123456789yy'), 2, 11)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa);
});

test('a record whose key and value stand as bytes is written as it would be otherwise', () => {
  const ascii = fc.stringMatching(/^[a-z0-9~-]{1,200}$/);
  const record = fc.record({ key: ascii, value: fc.option(fc.uint8Array({ maxLength: 300 })) });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 50 }), (records) => {
      const packed = records.map(({ key, value }): WireRecord => {
        const before = Buffer.from('before');
        const bytes = Buffer.concat([before, Buffer.from(key), value ?? Buffer.alloc(0), before]);
        const from = before.length + key.length;
        const to = value ? from + value.length : -1;
        const place = { bytes, keyFrom: before.length, from, to };
        return {
          get key(): never {
            throw new Error('asked for');
          },
          value: null,
          packed: place,
        };
      });
      expect(encodeRecords(packed, plain)).toEqual(encodeRecords(records, plain));
      for (const [i, each] of packed.entries())
        expect(recordSizeBound(each)).toBeLessThanOrEqual(recordSizeBound(records[i]!));
    }),
  );
});

test('what is encoded comes back', () => {
  const header = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), {
    noNullPrototype: true,
    maxKeys: 4,
  });
  const record = fc.record({
    key: fc.option(fc.string({ maxLength: 300 }).filter((key) => !key.startsWith('~'))),
    value: fc.option(fc.uint8Array({ maxLength: 300 })),
    headers: header,
  });
  const batches = fc.array(record, { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(batches, fc.nat(2 ** 31), (records, offset) => {
      const decoded = decodeRecords(stored(offset, records), 0, []);
      expect(decoded.next).toBe(offset + records.length);
      expect(
        decoded.records.map((r) => ({
          key: r.key,
          value: r.value && new Uint8Array(r.value),
          headers: r.headers,
        })),
      ).toEqual(records);
      expect(decoded.records.map((r) => r.offset)).toEqual(records.map((_, i) => offset + i));
      expect(decoded.records.every((r) => r.appendedMs === plain.nowMs)).toBe(true);
    }),
  );
});

test('offsets and times beyond 32 bits are exact', () => {
  const offset = 2 ** 45 + 3;
  const { records, next } = decodeRecords(stored(offset, of('a', 'b')), 0, []);
  expect(records.map((r) => r.offset)).toEqual([offset, offset + 1]);
  expect(next).toBe(offset + 2);
});

test('records before the asked offset are left out, and a batch that was cut off is left for the next fetch', () => {
  const bytes = Buffer.concat([stored(10, of('a', 'b', 'c')), stored(13, of('d'))]);
  expect(keys(bytes, 11)).toEqual(['b', 'c', 'd']);
  expect(decodeRecords(bytes.subarray(0, bytes.length - 1), 11, [])).toMatchObject({ next: 13 });
});

test('the append time of the log replaces that of the producer where the topic says so', () => {
  const batch = stored(0, of('a'));
  batch.writeInt16BE(0x08, attributesAt);
  batch.writeBigInt64BE(1_800_000_000_000n, 35);
  expect(decodeRecords(batch, 0, []).records[0]!.appendedMs).toBe(1_800_000_000_000);
});

test.each([
  ['gzip', 1, gzipSync],
  ['zstd', 4, zstdCompressSync],
])('%s batches are read', (_, attributes, compress) => {
  const batch = stored(0, of('a', 'b'));
  const bytes = Buffer.concat([batch.subarray(0, countEnd), compress(batch.subarray(countEnd))]);
  bytes.writeInt16BE(attributes, attributesAt);
  bytes.writeInt32BE(bytes.length - 12, 8);
  expect(keys(bytes)).toEqual(['a', 'b']);
});

/** Batches as a Kafka 4.3 broker has compressed them: twelve records, `k0` … `k2` in turn. */
const fromBroker = {
  lz4: 'AAAAAAAAAAAAAAFdAAAAAAJZxFgBAAMAAAALAAABogeDbwkAAAGiB4NvCQAAAAAAAAPpAAAAAAAAAAAADAQiTRhgQIIdAQAA8hFWAAAABGswRnRoZSBzYW1lIHdvcmRzIGFnYWluIGFuZAoA7ywgMDogAGQAAAIEazFULAANQjE6IGEBAJ8AcgAABARrMmIzAA0VMjMAAwIArwCAAQAABgRrMHA7AA0cMzsAAwIArwCOAQAACARrMX5CAA0fNEIABAMCAL8AngEAAAoEazKMAUoADR81SgALAwIArwCsAQAADARrMJpRAA4fNlEAEgMCAK8AugEAAA4EazGoWAAOHzdYABkDAgCvAMgBAAAQBGsytl8ADh84XwAgAwIArwDWAQAAEgRrMMRmAA4fOWYAJwMCAK8A5gEAABQEazHUbQAOLzEwbgAuAwIArwD0AQAAFgRrMuJ1AA8GSwMPAgAvUGFhYWEAAAAAAA==',
  snappy:
    'AAAAAAAAAAAAAAFZAAAAAAK8h8V6AAIAAAALAAABogeDbG8AAAGiB4NsbwAAAAAAAAPpAAAAAAAAAAAADIJTTkFQUFkAAAAAAQAAAAEAAAEU8Ad8VgAAAARrMEZ0aGUgc2FtZSB3b3JkcyBhZ2FpbiBhbmQJCjQsIDA6IABkAAACBGsxVH4sAAwxOiBhCQEgAHIAAAQEazJifjMAADIVMw0BJACAAQAABgRrMHB+OwAAMz47AA0BJACOAQAACARrMX5+QgAANFpCAA0BKACeAQAACgRrMowBfkoAADV2SgANASQArAEAAAwEazCaglEAADaSUQANASQAugEAAA4EazGoglgAADeuWAANASQAyAEAABAEazK2gl8AADjKXwANASQA1gEAABIEazDEgmYAADnmZgANASQA5gEAABQEazHUgm0ABDEw7m4ABW4NASQA9AEAABYEazLihnUAeUv+AQAJAQAA',
};

test.each(['lz4', 'snappy'] as const)('%s batches of a real broker are read', (codec) => {
  const { records } = decodeRecords(Buffer.from(fromBroker[codec], 'base64'), 0, []);
  expect(records.map((r) => [r.key, Buffer.from(r.value!).toString()])).toEqual(
    Array.from({ length: 12 }, (_, i) => [
      `k${i % 3}`,
      `the same words again and again, ${i}: ${'a'.repeat(i * 7)}`,
    ]),
  );
});

test.each(['lz4', 'snappy'] as const)('%s batches that are damaged are refused, not read past', (codec) => {
  const whole = Buffer.from(fromBroker[codec], 'base64');
  fc.assert(
    fc.property(fc.integer({ min: 61, max: whole.length - 1 }), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      // Damage of a literal cannot be noticed here; all other damage must end in an error, and soon.
      try {
        expect(decodeRecords(damaged, 0, []).records).toHaveLength(12);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

describe('records of aborted transactions', () => {
  const txn = (offset: number, producerId: number, ...names: string[]) =>
    stored(offset, of(...names), { producerId, transactional: true });

  test('are left out, and the position passes their markers', () => {
    const bytes = Buffer.concat([
      txn(0, 1, 'no'),
      marker(1, 1, 'abort'),
      txn(2, 1, 'yes'),
      marker(3, 1, 'commit'),
    ]);
    const { records, next } = decodeRecords(bytes, 0, [{ producerId: 1, firstOffset: 0 }]);
    expect(records.map((r) => r.key)).toEqual(['yes']);
    expect(next).toBe(4);
  });

  test('are left out where a later transaction was aborted first', () => {
    const bytes = Buffer.concat([
      txn(0, 1, 'first'),
      txn(1, 2, 'second'),
      marker(2, 2, 'abort'),
      txn(3, 3, 'kept'),
      marker(4, 1, 'abort'),
      marker(5, 3, 'commit'),
    ]);
    // The broker lists them in the order of their ends.
    const aborted = [
      { producerId: 2, firstOffset: 1 },
      { producerId: 1, firstOffset: 0 },
    ];
    expect(keys(bytes, 0, aborted)).toEqual(['kept']);
  });

  test('are left out where several of them began before the asked offset', () => {
    const bytes = Buffer.concat([txn(12, 2, 'b'), txn(13, 1, 'a'), txn(14, 3, 'c'), txn(15, 4, 'kept')]);
    const aborted = [1, 2, 3].map((producerId) => ({ producerId, firstOffset: producerId * 2 }));
    expect(keys(bytes, 12, aborted)).toEqual(['kept']);
  });

  test('do not take records of the same producer outside of transactions with them', () => {
    const bytes = Buffer.concat([
      stored(0, of('idempotent'), { producerId: 1 }),
      txn(1, 1, 'no'),
      marker(2, 1, 'abort'),
    ]);
    expect(keys(bytes, 0, [{ producerId: 1, firstOffset: 1 }])).toEqual(['idempotent']);
  });
});
