import { randomUUID } from 'node:crypto';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import kafkajs from 'kafkajs';
import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';

/** The least that a Node program does with events in Kafka: kafkajs's `eachBatch`, and `JSON.parse`. */
export async function consumeAndParse(side: {
  kafka: TopicOptions;
  topics: string[];
  warmUp: number;
  events: number;
}): Promise<Measured> {
  const { brokers, prefix, clientId } = side.kafka;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId, logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `${prefix}${randomUUID()}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: side.topics.map((topic) => prefix + topic), fromBeginning: true });
  let stopwatch: Stopwatch | undefined;
  const done = Promise.withResolvers<Measured>();
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      stopwatch ??= new Stopwatch(side);
      let objects = 0;
      for (const { value } of batch.messages) {
        if (typeof JSON.parse((value as Buffer).toString()) === 'object') objects++;
      }
      stopwatch.add(objects);
      if (stopwatch.done) done.resolve(stopwatch.measured());
    },
  });
  return done.promise;
}
