import type { Topic } from '@seamwatch/contracts/topics.ts';
import { sourceName } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import type { OpenLogs } from './fixture.ts';
import { collect, record, text } from './fixture.ts';

export function appendContract(open: OpenLogs): void {
  test('input topics have the given partitions, the others one', async () => {
    const [log] = await open(1);
    expect(await log!.partitions('interactions')).toBe(3);
    expect(await log!.partitions('journeys')).toBe(3);
    expect(await log!.partitions('rollups')).toBe(1);
    await expect(log!.partitions('nothing' as Topic)).rejects.toMatchObject({ code: 'SEAM_KAFKA_TOPIC' });
  });

  test('records of a partition come back in the order in which they were appended', async () => {
    const [log] = await open(1);
    for (let i = 0; i < 5; i++) {
      await log!.append(
        Array.from({ length: 20 }, (_, j) => record('interactions', `k${j}`, `${i * 20 + j}`, 1)),
      );
    }
    const reader = await log!.reader({ topics: ['interactions'], from: 'beginning' });
    const { records, batches } = await collect(reader, 100);
    expect(records.map(text)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(records.map((r) => r.offset)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(batches.every((b) => sourceName(b.source) === 'interactions-1')).toBe(true);
  });

  test('appends that are started without waiting keep their order', async () => {
    const [log] = await open(1);
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => log!.append([record('changes', null, String(i))])),
    );
    const { records } = await collect(await log!.reader({ topics: ['changes'], from: 'beginning' }), 30);
    expect(records.map(text)).toEqual(Array.from({ length: 30 }, (_, i) => String(i)));
  });

  test('keys go to the partitions that the default partitioner of Kafka gives them', async () => {
    const [log] = await open(1);
    // murmur2 of the Java client's own test: -973932308, -790332482, -985981536, -1486304829, -58897971.
    const expected = new Map([
      ['21', (-973932308 & 0x7fffffff) % 3],
      ['foobar', (-790332482 & 0x7fffffff) % 3],
      ['a-little-bit-long-string', (-985981536 & 0x7fffffff) % 3],
      ['a-little-bit-longer-string', (-1486304829 & 0x7fffffff) % 3],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', (-58897971 & 0x7fffffff) % 3],
    ]);
    await log!.append([
      ...[...expected.keys()].map((key) => ({ topic: 'interactions' as const, key, value: key })),
      { topic: 'interactions', key: null, value: 'no key' },
    ]);
    const reader = await log!.reader({ topics: ['interactions'], from: 'beginning' });
    const { batches } = await collect(reader, 6);
    const found = new Map(batches.flatMap((b) => b.records.map((r) => [r.key, b.source.partition] as const)));
    expect(found).toEqual(new Map<string | null, number>([...expected, [null, 0]]));
  });

  test('a record keeps key, bytes, headers and the time at which the log took it', async () => {
    const [log] = await open(1);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const before = Date.now();
    await log!.append([
      { topic: 'dead-letters', key: 'ключ', value: bytes, headers: { reason: 'SEAM_NOT_JSON', path: '/é' } },
      { topic: 'dead-letters', key: 'empty', value: '' },
      { topic: 'dead-letters', key: null, value: 'text' },
      { topic: 'dead-letters', key: 'gone', value: null },
    ]);
    const { records } = await collect(await log!.reader({ topics: ['dead-letters'], from: 'beginning' }), 4);
    expect(records[0]).toMatchObject({ key: 'ключ', headers: { reason: 'SEAM_NOT_JSON', path: '/é' } });
    expect(new Uint8Array(records[0]!.value!)).toEqual(bytes);
    expect(records.map((r) => r.key)).toEqual(['ключ', 'empty', null, 'gone']);
    expect(records[1]!.value).toHaveLength(0);
    expect(text(records[2]!)).toBe('text');
    expect(records[2]!.headers).toEqual({});
    expect(records[3]!.value).toBeNull();
    for (const r of records) {
      expect(r.appendedMs).toBeGreaterThanOrEqual(before - 1_000);
      expect(r.appendedMs).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  test('many values of nearly a megabyte go through one append', async () => {
    const [log] = await open(1);
    const values = Array.from({ length: 6 }, (_, i) => Buffer.alloc(950_000, i));
    await log!.append(values.map((value) => ({ topic: 'rates', key: null, value })));
    const { records } = await collect(await log!.reader({ topics: ['rates'], from: 'beginning' }), 6);
    expect(records.map((r) => [r.value!.length, r.value![0]])).toEqual(values.map((v, i) => [v.length, i]));
  });

  test('offsets tell the first and the next offset of each partition', async () => {
    const [log] = await open(1);
    await log!.append([record('surveys', 'a', '1', 2), record('surveys', 'a', '2', 2)]);
    expect(await log!.offsets('surveys')).toEqual(
      new Map([
        ['surveys-0', { first: 0, end: 0 }],
        ['surveys-1', { first: 0, end: 0 }],
        ['surveys-2', { first: 0, end: 2 }],
      ]),
    );
  });

  test('a partition that does not exist is refused in plain words', async () => {
    const [log] = await open(1);
    await expect(log!.append([record('interactions', 'a', '1', 3)])).rejects.toMatchObject({
      code: 'SEAM_KAFKA_TOPIC',
    });
  });
}
