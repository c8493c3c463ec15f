import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Topic, type TopicSettings, topics } from '@seamwatch/contracts/topics.ts';
import kafkajs, { type Admin } from 'kafkajs';

import { KafkaCluster } from './cluster.ts';
import { connectFirst, type KafkaConnection, kafkaClient } from './connection.ts';
import { messageOf } from './errors.ts';
import { silent } from './log-sink.ts';
import { type WantedTopic, wantedTopics } from './topic-settings.ts';

export interface TopicOptions extends KafkaConnection {
  prefix: string;
}

/** Full names of topics, and in plain words what is not as it should be. */
export interface TopicReport {
  created: string[];
  kept: string[];
  mismatched: string[];
}

const { KafkaJSAggregateError } = kafkajs;

/** Settings that change what the program computes or keeps; the others are for the operator to choose. */
const judged = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'message.timestamp.type',
  'max.compaction.lag.ms',
];
/** How long brokers may take until a new topic has its leaders. */
const creationMs = 30_000;

/** Creates the topics that are missing. Those that exist are left as they are, and reported where they differ. */
export async function createTopics(
  options: TopicOptions & { inputPartitions: number },
): Promise<TopicReport> {
  return withAdmin(options, async (admin, cluster) => {
    const { brokers } = await admin.describeCluster();
    const wanted = wantedTopics(options.inputPartitions, brokers.length);
    const present = await describe(admin, options.prefix, wanted);
    const missing = wanted.filter(({ topic }) => !present.has(topic));
    if (missing.length > 0) {
      const creating = admin.createTopics({
        waitForLeaders: false,
        timeout: creationMs,
        topics: missing.map(({ topic, partitions, replicas, config }) => ({
          topic: options.prefix + topic,
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        })),
      });
      await creating.catch((error: unknown) => {
        const why =
          error instanceof KafkaJSAggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
        throw new SeamError('SEAM_KAFKA_TOPIC', `topics cannot be created: ${why}`, { cause: error });
      });
      const names = missing.map(({ topic }) => options.prefix + topic);
      await cluster.insist((client) => client.addMultipleTargetTopics(names), { forMs: creationMs });
    }
    const kept = wanted.filter(({ topic }) => present.has(topic));
    return {
      created: missing.map(({ topic }) => options.prefix + topic),
      kept: kept.map(({ topic }) => options.prefix + topic),
      mismatched: kept.flatMap((topic) => differences(options.prefix, topic, present.get(topic.topic)!)),
    };
  });
}

/**
 * Looks whether the topics can be worked with. Throws `SEAM_KAFKA_TOPIC` with all that is wrong: topics that are missing,
 * partition counts that do not fit together, changelogs that are not compacted. Resolves to lesser differences, in words.
 */
export async function checkTopics(
  options: TopicOptions,
): Promise<{ inputPartitions: number; differences: string[] }> {
  return withAdmin(options, async (admin) => {
    const present = await describe(admin, options.prefix, wantedTopics(1, 1));
    const inputPartitions = present.get('interactions')?.partitions ?? 0;
    const wrong: string[] = [];
    const lesser: string[] = [];
    for (const wanted of wantedTopics(inputPartitions, 1)) {
      const name = options.prefix + wanted.topic;
      const found = present.get(wanted.topic);
      if (!found) {
        wrong.push(`${name} is missing`);
        continue;
      }
      const settings: TopicSettings = topics[wanted.topic];
      for (const difference of differences(options.prefix, wanted, found)) {
        const grave = /partitions|cleanup\.policy/.test(difference);
        const harmless = difference.includes('cleanup.policy') && !settings.compact;
        (grave && !harmless ? wrong : lesser).push(difference);
      }
    }
    if (wrong.length > 0) {
      const help = 'create what is missing with `seamwatch topics create`; partition counts never change';
      throw new SeamError('SEAM_KAFKA_TOPIC', `${wrong.join('; ')} (${help})`);
    }
    return { inputPartitions, differences: lesser };
  });
}

interface FoundTopic {
  partitions: number;
  config: Record<string, string>;
}

async function describe(
  admin: Admin,
  prefix: string,
  wanted: readonly WantedTopic[],
): Promise<Map<Topic, FoundTopic>> {
  const names = new Set(await admin.listTopics());
  const present = wanted.map(({ topic }) => topic).filter((topic) => names.has(prefix + topic));
  if (present.length === 0) return new Map();
  const [metadata, configs] = await Promise.all([
    admin.fetchTopicMetadata({ topics: present.map((topic) => prefix + topic) }),
    // Not everyone who may use a topic may see its settings.
    admin
      .describeConfigs({
        includeSynonyms: false,
        resources: present.map((topic) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: prefix + topic,
          configNames: judged,
        })),
      })
      .catch(() => ({ resources: [] })),
  ]);
  return new Map(
    present.map((topic) => {
      const entries = configs.resources.find((r) => r.resourceName === prefix + topic)?.configEntries ?? [];
      return [
        topic,
        {
          partitions: metadata.topics.find((t) => t.name === prefix + topic)?.partitions.length ?? 0,
          config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
        },
      ];
    }),
  );
}

/** In plain words: what was found and what would be right. */
function differences(prefix: string, wanted: WantedTopic, found: FoundTopic): string[] {
  const name = prefix + wanted.topic;
  const list: string[] = [];
  if (found.partitions !== wanted.partitions) {
    list.push(`${name} has ${found.partitions} partitions, should have ${wanted.partitions}`);
  }
  for (const setting of judged) {
    const is = found.config[setting];
    const should = wanted.config[setting];
    if (is === undefined || should === undefined || sorted(is) === sorted(should)) continue;
    list.push(`${name} has ${setting} ${is}, should have ${should}`);
  }
  return list;
}

/** `delete,compact` is the same as `compact,delete`. */
const sorted = (list: string): string => list.split(',').sort().join();

export async function withAdmin<T>(
  options: TopicOptions,
  work: (admin: Admin, cluster: KafkaCluster) => Promise<T>,
): Promise<T> {
  const kafka = kafkaClient(options, options.log ?? silent);
  const cluster = new KafkaCluster(kafka);
  await connectFirst(cluster, options);
  const admin = kafka.admin({ retry: { retries: 8, initialRetryTime: 100 } });
  try {
    await admin.connect();
    return await work(admin, cluster);
  } finally {
    await Promise.all([admin.disconnect(), cluster.close()]);
  }
}
