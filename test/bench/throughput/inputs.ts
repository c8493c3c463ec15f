import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics, type TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario } from '@seamwatch/simulator/scenario.ts';
import kafkajs from 'kafkajs';

const batchRecords = 5_000;

/** 2.3 million conversations a month of 500,000 customers. */
const largeCompany = { interactionsPerDay: 75_000, customers: { count: 500_000 } };
/** A million events a year: what one machine watches without Kafka. */
export const yearOfOneTeam = { interactionsPerDay: 2_600, customers: { count: 100_000 } };

/**
 * So many events of a contact centre, in the order in which they arrive. Closes and answers only, which makes them 630
 * bytes on average.
 */
export function* simulatedEvents(
  count: number,
  centre = largeCompany,
): Generator<OutRecord, void, undefined> {
  const scenario = parseScenario({
    seed: 5,
    from: '2025-01-06',
    ...centre,
    events: { surveySent: false },
  });
  let left = count;
  for (const { topic, key, value } of simulateRecords(scenario)) {
    if (topic === 'changes') continue;
    if (left-- === 0) return;
    yield { topic, key, value };
  }
}

/** Topics of their own with so many events. */
export async function fillTopics(
  options: TopicOptions & { inputPartitions: number },
  events: Iterable<OutRecord>,
): Promise<void> {
  await createTopics(options);
  const log = await openKafkaEventLog(options);
  try {
    for (const batch of batches(events)) await log.append(batch);
  } finally {
    await log.close();
  }
}

export function* batches<T>(all: Iterable<T>): Generator<T[], void, undefined> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < batchRecords) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Makes everything that stage A writes anew, so that a monitor starts from the first event; the input stays. */
export async function forgetProgress(options: TopicOptions & { inputPartitions: number }): Promise<void> {
  const client = new kafkajs.Kafka({ brokers: [...options.brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  try {
    const written = ['journeys', 'outcomes', 'rollups', 'dead-letters'].map(
      (topic) => options.prefix + topic,
    );
    await admin.deleteTopics({ topics: written });
    for (;;) {
      const left = new Set(await admin.listTopics());
      if (!written.some((topic) => left.has(topic))) break;
    }
  } finally {
    await admin.disconnect();
  }
  await createTopics(options);
}
