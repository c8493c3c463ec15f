import { type Topic, type TopicSettings, topicNames, topics } from '@seamwatch/contracts/topics.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';

const mebibyte = 1_048_576;

/** What a topic is to be in Kafka; names without prefix. */
export interface WantedTopic {
  topic: Topic;
  partitions: number;
  replicas: number;
  config: Readonly<Record<string, string>>;
}

/** All topics for a cluster of `brokers` brokers, three of which are enough to lose one. */
export function wantedTopics(inputPartitions: number, brokers: number): WantedTopic[] {
  const replicas = brokers >= 3 ? 3 : 1;
  return topicNames.map((topic) => {
    const settings: TopicSettings = topics[topic];
    return {
      topic,
      partitions: settings.partitions === 'input' ? inputPartitions : 1,
      replicas,
      config: {
        ...kafkaConfig(topic, settings),
        'min.insync.replicas': String(Math.min(2, replicas)),
      },
    };
  });
}

function kafkaConfig(topic: Topic, { compact, retentionMs }: TopicSettings): Record<string, string> {
  const input = topic === 'interactions' || topic === 'surveys' || topic === 'changes';
  return {
    'cleanup.policy': cleanupPolicy(compact, retentionMs),
    'retention.ms': String(retentionMs ?? -1),
    // A limit that the broker has by default would take what is needed before its time.
    'retention.bytes': '-1',
    // Lateness and "from the future" are judged by the log's clock, not by that of whoever produced.
    'message.timestamp.type': 'LogAppendTime',
    // A dead letter is the original and its reason; rollups are packed: both can exceed what an input may be.
    ...(!input && { 'max.message.bytes': String(4 * mebibyte) }),
    // Retention deletes whole segments: an event is gone a day after its time at the latest.
    ...((topic === 'interactions' || topic === 'surveys') && { 'segment.ms': String(dayMs) }),
    // Only closed segments are compacted: small ones bound what a restart has to read. The lag bounds how long a forgotten
    // customer's older values stay.
    ...(compact && {
      'max.compaction.lag.ms': String(dayMs),
      'segment.bytes': String(64 * mebibyte),
      'segment.ms': String(dayMs),
      'min.cleanable.dirty.ratio': '0.2',
    }),
  };
}

function cleanupPolicy(compact: boolean, retentionMs: number | undefined): string {
  if (!compact) return 'delete';
  return retentionMs === undefined ? 'compact' : 'compact,delete';
}
