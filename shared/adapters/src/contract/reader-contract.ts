import { sourceName } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import type { OpenLogs } from './fixture.ts';
import { collect, idlePollMs, record, text } from './fixture.ts';

export function readerContract(open: OpenLogs): void {
  test('from the beginning, a reader gets all partitions of all its topics', async () => {
    const [log] = await open(1);
    await log!.append([0, 1, 2].map((p) => record('interactions', 'a', `i${p}`, p)));
    await log!.append([record('alerts', 'a', 'alert')]);
    const { records } = await collect(
      await log!.reader({ topics: ['interactions', 'alerts'], from: 'beginning' }),
      4,
    );
    expect(records.map(text).sort()).toEqual(['alert', 'i0', 'i1', 'i2']);
  });

  test('from the end, a reader gets only what comes after it was opened', async () => {
    const [log] = await open(1);
    await log!.append([record('rates', 'a', 'before')]);
    const reader = await log!.reader({ topics: ['rates'], from: 'end' });
    await log!.append([record('rates', 'a', 'after')]);
    const { records } = await collect(reader, 1);
    expect(records.map(text)).toEqual(['after']);
  });

  test('every reader without a group gets everything, at the same time', async () => {
    const [a, b] = await open(2);
    await a!.append([0, 1, 2].map((p) => record('interactions', 'a', String(p), p)));
    const readers = await Promise.all(
      [a!, b!].map((log) => log.reader({ topics: ['interactions'], from: 'beginning' })),
    );
    const found = await Promise.all(readers.map((reader) => collect(reader, 3)));
    for (const { records } of found) expect(records.map(text).sort()).toEqual(['0', '1', '2']);
  });

  test('with a group, a reader goes on at the positions that were committed, not at those that were read', async () => {
    const [log, later] = await open(2);
    const options = { topics: ['alerts'], group: 'recorder', from: 'beginning' } as const;
    await log!.append([1, 2, 3, 4].map((i) => record('alerts', 'a', String(i))));
    const first = await log!.reader(options);
    const { records } = await collect(first, 4);
    await first.commit(new Map([['alerts-0', records[1]!.offset + 1]]));
    await first.close();

    expect(await log!.groupPositions('recorder', ['alerts', 'rates'])).toEqual(new Map([['alerts-0', 2]]));
    const again = await collect(await later!.reader(options), 2);
    expect(again.records.map(text)).toEqual(['3', '4']);
  });

  test('a group that has stored nothing for a topic starts it at `from`', async () => {
    const [log] = await open(1);
    await log!.append([record('alerts', 'a', 'old'), record('rates', 'a', 'old rate')]);
    const first = await log!.reader({ topics: ['alerts'], group: 'view', from: 'beginning' });
    await first.commit(new Map([['alerts-0', 0]]));
    const reader = await log!.reader({ topics: ['alerts', 'rates'], group: 'view', from: 'end' });
    await log!.append([record('rates', 'a', 'new rate')]);
    const { records } = await collect(reader, 2);
    expect(records.map(text).sort()).toEqual(['new rate', 'old']);
  });

  test('only readers with a group can store positions', async () => {
    const [log] = await open(1);
    const reader = await log!.reader({ topics: ['alerts'], from: 'end' });
    await expect(reader.commit(new Map([['alerts-0', 0]]))).rejects.toThrow(/group/);
  });

  test('a reader that waits gets what another instance appends', async () => {
    const [log, other] = await open(2);
    const reader = await log!.reader({ topics: ['commands'], from: 'end' });
    const waiting = collect(reader, 1);
    await new Promise((resolve) => setTimeout(resolve, 2 * idlePollMs));
    await other!.append([record('commands', null, 'acknowledge')]);
    expect((await waiting).records.map(text)).toEqual(['acknowledge']);
  });

  test('batches are never empty, and end on abort', async () => {
    const [log] = await open(1);
    await log!.append([record('rates', 'a', '1')]);
    const reader = await log!.reader({ topics: ['rates'], from: 'beginning' });
    const stop = new AbortController();
    const sizes: number[] = [];
    setTimeout(() => stop.abort(), 10 * idlePollMs);
    for await (const batch of reader.batches({ idlePollMs, signal: stop.signal }))
      sizes.push(batch.records.length);
    expect(sizes).toEqual([1]);
  });

  test('a reader that stopped goes on where it was', async () => {
    const [log] = await open(1);
    const reader = await log!.reader({ topics: ['rates'], from: 'beginning' });
    await log!.append([record('rates', 'a', '1')]);
    expect((await collect(reader, 1)).records.map(text)).toEqual(['1']);
    await log!.append([record('rates', 'a', '2')]);
    expect((await collect(reader, 1)).records.map(text)).toEqual(['2']);
  });

  test('closing the log ends its readers', async () => {
    const [log] = await open(1);
    const reader = await log!.reader({ topics: ['rates'], from: 'beginning' });
    const waiting = collect(reader, 1);
    await log!.close();
    expect((await waiting).records).toEqual([]);
  });

  test('a slow reader does not pile up what it has not asked for', async () => {
    const [log] = await open(1);
    const value = Buffer.alloc(200_000);
    for (let i = 0; i < 20; i++) {
      await log!.append(Array.from({ length: 10 }, () => ({ topic: 'rates', key: null, value }) as const));
    }
    const reader = await log!.reader({ topics: ['rates'], from: 'beginning' });
    const before = process.memoryUsage().arrayBuffers;
    const bytes: number[] = [];
    for await (const batch of reader.batches({ idlePollMs, signal: AbortSignal.timeout(60_000) })) {
      expect(sourceName(batch.source)).toBe('rates-0');
      bytes.push(batch.records.reduce((sum, r) => sum + r.value!.length, 0));
      if (bytes.length === 1) await new Promise((resolve) => setTimeout(resolve, 500));
      if (bytes.length === 1) expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12_000_000);
      if (bytes.reduce((a, b) => a + b) === 40_000_000) break;
    }
    expect(Math.max(...bytes)).toBeLessThanOrEqual(1_200_000);
  });
}
