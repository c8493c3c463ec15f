import { randomUUID } from 'node:crypto';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import kafkajs from 'kafkajs';
import type { Measured } from '../child.ts';
import { stopwatch } from '../stopwatch.ts';

/** The least that a Node program does with events in Kafka: kafkajs's `eachBatch`, and `JSON.parse`. */
export async function consumeAndParse(side: {
  kafka: TopicOptions;
  topics: string[];
  events: number;
}): Promise<Measured> {
  const { brokers, prefix, clientId } = side.kafka;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId, logLevel: kafkajs.logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: `${prefix}${randomUUID()}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: side.topics.map((topic) => prefix + topic), fromBeginning: true });
  const done = Promise.withResolvers<Measured>();
  let events = 0;
  let objects = 0;
  let measured: ReturnType<typeof stopwatch> | undefined;
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      measured ??= stopwatch();
      for (const { value } of batch.messages) {
        if (typeof JSON.parse((value as Buffer).toString()) === 'object') objects++;
      }
      events += batch.messages.length;
      if (events === side.events && objects === events) done.resolve(measured(events));
    },
  });
  return done.promise;
}
