import { randomBytes } from 'node:crypto';
import { eventLogContract } from '@seamwatch/adapters/contract/event-log-contract.ts';
import { handOverMs, record, text, until, values } from '@seamwatch/adapters/contract/fixture.ts';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { checkTopics, createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, inject, onTestFinished, test } from 'vitest';
import { Owners } from './kafka-owners.ts';

const brokers = inject('kafka').bootstrap.split(',');
const inputPartitions = 3;
const freshLog = () => ({ brokers, clientId: 'test', prefix: `test-${randomBytes(4).toString('hex')}.` });

eventLogContract('Kafka event log', async () => {
  const connection = freshLog();
  await createTopics({ ...connection, inputPartitions });
  const opened: EventLog[] = [];
  return {
    open: async () => {
      const log = await openKafkaEventLog({ ...connection, handOverMs, sessionMs: 6_000 });
      opened.push(log);
      return log;
    },
    dispose: async () => {
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});

test('topics are created once, and what differs is told', async () => {
  const connection = freshLog();
  await expect(checkTopics(connection)).rejects.toMatchObject({
    code: 'SEAM_KAFKA_TOPIC',
    message: expect.stringContaining(`${connection.prefix}journeys is missing`),
  });
  const first = await createTopics({ ...connection, inputPartitions });
  expect(first.created).toContain(`${connection.prefix}dead-letters`);
  expect(first).toMatchObject({ kept: [], mismatched: [] });
  expect(await checkTopics(connection)).toEqual({ inputPartitions, differences: [] });

  const again = await createTopics({ ...connection, inputPartitions: 5 });
  expect(again.created).toEqual([]);
  expect(again.kept).toEqual(first.created);
  expect(again.mismatched).toContain(`${connection.prefix}surveys has 3 partitions, should have 5`);
});

test('with no broker at the address, opening fails within seconds and says so', async () => {
  const start = performance.now();
  const opening = openKafkaEventLog({ brokers: ['127.0.0.1:1'], clientId: 'test', prefix: 'none.' });
  await expect(opening).rejects.toMatchObject({
    code: 'SEAM_KAFKA_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:1'),
  });
  expect(performance.now() - start).toBeLessThan(8_000);
});

test('a participation whose unit stands still, though there is more to read, fails', async () => {
  const connection = freshLog();
  await createTopics({ ...connection, inputPartitions });
  const log = await openKafkaEventLog({ ...connection, watchdogMs: 1_500, handOverMs });
  onTestFinished(() => log.close());
  const stop = new AbortController();
  const read: string[] = [];
  const standing = log.participate(
    { group: 'segments', topics: ['rollups'] },
    async (unit) => {
      for await (const batch of unit.batches({ positions: new Map(), idlePollMs: 50, signal: stop.signal })) {
        read.push(...batch.records.map((r) => text(r) ?? ''));
        if (read.includes('stand')) await new Promise((resolve) => setTimeout(resolve, 20_000));
      }
    },
    stop.signal,
  );
  // As long as it goes on, however slowly, and as long as there is nothing to read, all is well.
  for (let i = 0; i < 4; i++) {
    await log.append([record('rollups', 'r', String(i))]);
    await until(() => read.length === i + 1, 'the record');
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  await log.append([record('rollups', 'r', 'stand')]);
  await until(() => read.includes('stand'), 'the last record that is taken');
  await log.append([record('rollups', 'r', 'never read')]);
  await expect(standing).rejects.toMatchObject({
    code: 'SEAM_INTERNAL',
    message: expect.stringContaining('rollups-0'),
  });
});

test('owners that are killed or frozen and come back: each record is processed once', {
  timeout: 120_000,
}, async () => {
  const connection = freshLog();
  await createTopics({ ...connection, inputPartitions });
  const log = await openKafkaEventLog(connection);
  const owners = new Owners({ ...connection, sessionMs: 6_000 }, 7);
  onTestFinished(async () => {
    owners.killAll();
    await log.close();
  });

  let total = 0;
  let feeding = true;
  const feed = async () => {
    while (feeding) {
      const records = Array.from({ length: 30 }, (_, i) =>
        record('interactions', `k${i}`, String(total + i), (total + i) % inputPartitions),
      );
      await log.append(records);
      total += records.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const fed = feed();

  const a = owners.start();
  const b = owners.start();
  await until(() => a.commits > 20 && b.commits > 5, 'both commit', 60_000);

  a.process.kill('SIGKILL');
  const before = b.commits;
  const c = owners.start();
  await until(() => c.commits > 20 && b.commits > before, 'a new owner takes over', 60_000);

  // Longer than its session: its units go to the others, and it wakes up in the middle of what it did.
  b.process.kill('SIGSTOP');
  const partitions = new Set(c.partitions);
  await until(
    () => c.partitions.size === inputPartitions,
    `all units with the one that is left, not ${[...partitions]}`,
    60_000,
  );
  b.process.kill('SIGCONT');
  const woken = b.commits;
  await until(() => b.commits > woken + 20, 'the zombie has come back as a member', 60_000);

  feeding = false;
  await fed;
  const processed = async () => {
    const stored = await log.groupPositions('journeys', ['interactions']);
    return [...stored.values()].reduce((sum, position) => sum + position, 0);
  };
  await expect.poll(processed, { timeout: 30_000 }).toBe(total);
  const found = (await values(log, 'rollups')).map(Number).sort((x, y) => x - y);
  expect(found).toEqual(Array.from({ length: total }, (_, i) => i));
});
