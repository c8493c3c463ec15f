import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics, type TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import kafkajs from 'kafkajs';

const piece = 4_000;
const fromMs = Date.parse('2026-01-05T00:00:00Z');

/**
 * A changelog with so many customers, as stage A writes it, and beside it the topic `customers` with the same as JSON.
 * Resolves to the number of records in the changelog.
 */
export async function fillCustomers(
  options: TopicOptions & { inputPartitions: number },
  customers: number,
): Promise<number> {
  const { brokers, prefix, inputPartitions } = options;
  await createTopics(options);
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topic = `${prefix}customers`;
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: inputPartitions }] });
  await admin.disconnect();

  const log = await openKafkaEventLog(options);
  const producer = kafka.producer();
  await producer.connect();
  const units = Array.from({ length: inputPartitions }, (_, partition) => stageOf(partition));
  let records = 0;
  for (let first = 0; first < customers; first += piece) {
    const partition = (first / piece) % inputPartitions;
    const written = changelogOf(units[partition]!, first, Math.min(piece, customers - first));
    records += written.length;
    await log.append(written);
    const messages = written.flatMap(({ key }) =>
      key?.startsWith('c') ? [{ key, value: asJson(key), partition }] : [],
    );
    await producer.send({ topic, messages });
  }
  await Promise.all([producer.disconnect(), log.close()]);
  return records;
}

const stageOf = (partition: number) =>
  new Journeys({ partition, policy: policySchema.parse({ version: 1 }), hashKey: new Uint8Array(16) });

/** Customers with one contact each; their interactions are of another topic. */
function changelogOf(journeys: Journeys, first: number, count: number): OutRecord[] {
  for (let i = first; i < first + count; i++) {
    const data = {
      interactionId: `i-${i}`,
      customerId: `c-${i}`,
      startedAt: toRfc3339(fromMs + 10 * i),
      closedAt: toRfc3339(fromMs + 10 * i + minuteMs),
      startedWith: 'ai',
      handoffs: [{ at: toRfc3339(fromMs + 10 * i), cause: 'policy', answeredAt: null }],
      category: 'faq',
      channel: 'chat',
      claimedResolved: true,
      abandoned: false,
    };
    const event = {
      specversion: '1.0',
      id: `e-${i}`,
      source: '/b',
      type: 'seam.interaction.closed.v1',
      data,
    };
    const value = Buffer.from(JSON.stringify(event));
    journeys.apply('interactions', { offset: i, appendedMs: Date.now(), key: null, value, headers: {} });
  }
  return journeys.commit().changelog.filter(({ topic }) => topic === 'journeys');
}

/** What the changelog knows of a customer, as one would write it without thinking of size. */
function asJson(key: string): string {
  const at = toRfc3339(fromMs + Number.parseInt(key.slice(10), 16));
  const customer = { escalatedAt: at, lastSeenAt: at, churnedAt: null, aiInteractions: 1, firstAiAt: at };
  return JSON.stringify(customer);
}
