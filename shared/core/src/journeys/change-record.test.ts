import { expect, test } from 'vitest';
import { ByteWriter } from '../bytes/bytes.ts';
import { ChangeRecord } from './change-record.ts';
import { rowKey, writeRowKey } from './row-key.ts';

test('a change is a record with a key and a value, and both stay while the writer goes on', () => {
  const writer = new ByteWriter(32);
  const written = Array.from({ length: 2_000 }, (_, i) => {
    const isTombstone = i % 3 === 0;
    const keyBytes = writeRowKey(writer, 'interaction', i, 2 ** 32 - 1 - i).length;
    if (!isTombstone) writer.int(i).text('x'.repeat(i % 200));
    return new ChangeRecord('outcomes', 5, writer, keyBytes, isTombstone);
  });
  for (const [i, { topic, partition, key, value, packed }] of written.entries()) {
    const expected =
      i % 3 === 0
        ? null
        : new ByteWriter()
            .int(i)
            .text('x'.repeat(i % 200))
            .finish();
    expect({ topic, partition, key, value }).toEqual({
      topic: 'outcomes',
      partition: 5,
      key: rowKey('interaction', i, 2 ** 32 - 1 - i),
      value: expected,
    });
    expect(packed.to < 0).toBe(value === null);
  }
});
