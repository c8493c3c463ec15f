import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import type { Child } from '../../stack/child-process.ts';
import { startChild } from '../../stack/child-process.ts';
import { Arrivals } from './arrivals.ts';
import { Feed } from './feed.ts';
import type { HopWork } from './hop.ts';
import type { Path } from './path.ts';

/**
 * Two transactional hops, each in a process of its own, and a plain one into this process. The first reads as many
 * partitions as the monitor, the others one.
 */
export async function openHops(options: {
  brokers: string[];
  prefix: string;
  partitions: number;
  folder: string;
}): Promise<Path> {
  const { brokers, prefix, partitions } = options;
  const log = join(options.folder, 'hops.log');
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  const [first, second, third] = ['first', 'second', 'third'].map((name) => `${prefix}${name}`);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [first!, second!, third!].map((topic) => ({
      topic,
      numPartitions: topic === first ? partitions : 1,
      replicationFactor: 1,
    })),
  });
  await admin.disconnect();

  const script = fileURLToPath(import.meta.resolve('./hop.ts'));
  const hop = (work: HopWork): Promise<Child> =>
    startChild(process.execPath, [script, JSON.stringify(work)], { log });
  const hops = await Promise.all([
    hop({ brokers, from: first!, to: second! }),
    hop({ brokers, from: second!, to: third! }),
  ]);
  const feed = await Feed.open(kafka, first!, partitions);
  const arrivals = new Arrivals(feed.sent);
  const consumer = kafka.consumer({
    groupId: `${prefix}end`,
    readUncommitted: false,
    maxWaitTimeInMs: 200,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: third!, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { key } of batch.messages) arrivals.next(Number(key));
    },
  });
  return {
    feed,
    arrivals,
    close: async () => {
      await Promise.all([feed.close(), consumer.disconnect()]);
      for (const child of hops) child.signal('SIGKILL');
    },
  };
}
