import { record, until, values } from '@seamwatch/adapters/contract/fixture.ts';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { expect, onTestFinished, test } from 'vitest';
import { startKafka } from '../stack/kafka.ts';
import { Owners } from './kafka-owners.ts';

const inputPartitions = 6;

test('brokers that crash one after the other: nothing acknowledged is lost, and each record is processed once', {
  timeout: 300_000,
}, async () => {
  const kafka = await startKafka({
    brokers: 3,
    own: true,
  });
  const connection = { brokers: kafka.brokers, clientId: 'test', prefix: 'loss.' };
  await createTopics({ ...connection, inputPartitions });
  const log = await openKafkaEventLog(connection);
  const owners = new Owners({ ...connection, sessionMs: 10_000 }, 50);
  onTestFinished(async () => {
    owners.killAll();
    await log.close();
    await kafka.stop();
  });

  const acknowledged: number[] = [];
  const refused: number[] = [];
  let next = 0;
  let feeding = true;
  const feed = async () => {
    while (feeding) {
      const numbers = Array.from({ length: 30 }, () => next++);
      const records = numbers.map((n) => record('interactions', `k${n}`, String(n), n % inputPartitions));
      await log.append(records).then(
        () => acknowledged.push(...numbers),
        () => refused.push(...numbers),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const feeders = [feed(), feed(), feed()];
  const both = [owners.start(), owners.start()];
  const commits = () => both[0]!.commits + both[1]!.commits;
  await until(() => commits() > 100, 'owners commit', 60_000);

  for (const broker of [1, 2, 3]) {
    await kafka.killBroker(broker);
    const atLoss = { acknowledged: acknowledged.length, commits: commits() };
    await until(
      () => acknowledged.length > atLoss.acknowledged + 1_000 && commits() > atLoss.commits + 100,
      `work goes on without broker ${broker}`,
      60_000,
    );
    await kafka.startBroker(broker);
    const atReturn = commits();
    await until(() => commits() > atReturn + 100, `work goes on with broker ${broker} back`, 60_000);
  }

  feeding = false;
  await Promise.all(feeders);
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
  const appended = sum([...(await log.offsets('interactions')).values()].map(({ end }) => end));
  const processed = async () => sum((await log.groupPositions('journeys', ['interactions'])).values());
  await expect.poll(processed, { timeout: 90_000, interval: 500 }).toBe(appended);
  owners.killAll();

  const numbers = async (topic: Topic) => (await values(log, topic)).map(Number).sort((a, b) => a - b);
  const inputs = await numbers('interactions');
  const kept = new Set(inputs);
  expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
  expect(kept.size).toBe(inputs.length);
  expect(inputs.length).toBeLessThanOrEqual(acknowledged.length + refused.length);
  expect(await numbers('rollups')).toEqual(inputs);
});
