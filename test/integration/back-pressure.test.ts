import { randomBytes } from 'node:crypto';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import type { EventLog, Unit } from '@seamwatch/core/ports/event-log.ts';
import { expect, inject, onTestFinished, test } from 'vitest';

const mebibyte = 1_048_576;
const recordBytes = 16 * 1_024;
const records = 4_096;
const partitions = 2;

async function freshLog(): Promise<EventLog> {
  const brokers = inject('kafka').bootstrap.split(',');
  const kafka = { brokers, clientId: 'test', prefix: `slow-${randomBytes(4).toString('hex')}.` };
  await createTopics({ ...kafka, inputPartitions: partitions });
  const log = await openKafkaEventLog(kafka);
  onTestFinished(() => log.close());
  return log;
}

/** 64 MiB, spread evenly. */
async function fill(log: EventLog, topic: 'interactions' | 'rates', over: number): Promise<void> {
  const value = randomBytes(recordBytes);
  for (let i = 0; i < records; i += 256) {
    await log.append(
      Array.from({ length: 256 }, (_, k) => ({ topic, partition: (i + k) % over, key: null, value })),
    );
  }
}

/** Resolves when this process has received nothing for a while; gives the bytes in its buffers. */
async function settledBytes(): Promise<number> {
  const bytes: number[] = [];
  await expect
    .poll(
      () => {
        bytes.push(process.memoryUsage().arrayBuffers);
        const last = bytes.slice(-10);
        return last.length === 10 && Math.max(...last) - Math.min(...last);
      },
      { timeout: 30_000, interval: 100 },
    )
    .toSatisfy((spread: number | false) => spread !== false && spread < mebibyte / 4);
  return bytes.at(-1)!;
}

test('while a sink is slow, the log is not read into memory, and afterwards nothing is missing', async () => {
  const log = await freshLog();
  await fill(log, 'rates', 1);
  const before = await settledBytes();
  const reader = await log.reader({ topics: ['rates'], from: 'beginning' });
  let read = 0;
  for await (const batch of reader.batches({ idlePollMs: 50, signal: AbortSignal.timeout(60_000) })) {
    if (read === 0) expect((await settledBytes()) - before).toBeLessThan(8 * mebibyte);
    read += batch.records.length;
    if (read === records) break;
  }
  await reader.close();
});

test('while an owner is slow to commit, its sources are not read into memory, and afterwards nothing is missing', async () => {
  const log = await freshLog();
  await fill(log, 'interactions', partitions);
  const before = await settledBytes();
  const slow = Promise.withResolvers<void>();
  const done = new AbortController();
  let read = 0;
  let waiting = 0;
  const own = async (unit: Unit) => {
    for await (const batch of unit.batches({ positions: new Map(), idlePollMs: 50, signal: done.signal })) {
      read += batch.records.length;
      waiting++;
      await slow.promise;
      if (read === records) done.abort();
    }
  };
  const spec = { group: 'journeys', topics: ['interactions', 'surveys'] } as const;
  const participating = log.participate(spec, own, done.signal);
  await expect.poll(() => waiting, { timeout: 30_000 }).toBe(partitions);
  expect((await settledBytes()) - before).toBeLessThan(8 * partitions * mebibyte);
  slow.resolve();
  await participating;
  expect(read).toBe(records);
});
