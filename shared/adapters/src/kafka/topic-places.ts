import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { OutRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import type { Waker } from '../log/waker.ts';
import type { KafkaCluster } from './cluster.ts';
import type { FetchStream } from './fetch-stream.ts';
import type { Fetcher } from './fetcher.ts';
import type { TopicPositions } from './kafkajs-cluster.ts';
import { byPartition, type PartitionRecords } from './partition-records.ts';

/** Where our topics are in Kafka: full names, partition counts, streams. */
export class TopicPlaces {
  readonly cluster: KafkaCluster;
  readonly #fetcher: Fetcher;
  readonly #prefix: string;

  constructor(cluster: KafkaCluster, fetcher: Fetcher, prefix: string) {
    this.cluster = cluster;
    this.#fetcher = fetcher;
    this.#prefix = prefix;
  }

  /** Topics, groups and transactional ids carry the prefix. */
  fullName(name: string): string {
    return this.#prefix + name;
  }

  /** Makes a topic's leaders and partitions known; resolves to its full name. */
  async use(topic: Topic): Promise<string> {
    const name = this.fullName(topic);
    await this.cluster.useTopics([name]);
    return name;
  }

  async partitions(topic: Topic): Promise<number> {
    return this.cluster.partitionCount(await this.use(topic));
  }

  /** Records by topic-partition; their topics must be in use. Throws `SEAM_KAFKA_TOPIC` for a partition that is not there. */
  group(records: readonly OutRecord[]): PartitionRecords[] {
    return byPartition(records, (topic) => {
      const name = this.fullName(topic);
      return { name, partitions: this.cluster.partitionCount(name) };
    });
  }

  /** Opens a stream on a source whose topic is in use. */
  open(source: Source, offset: number, maxWaitMs: number, waker: Waker): FetchStream {
    const topic = this.fullName(source.topic);
    return this.#fetcher.open({ source, topic, offset, maxWaitMs, arrived: () => waker.wake() });
  }

  release(stream: FetchStream): void {
    this.#fetcher.release(stream);
  }

  /** Positions by `sourceName`, as Kafka's offset requests carry them. */
  groupPositions(positions: ReadonlyMap<string, number>): TopicPositions[] {
    const byTopic = new Map<string, TopicPositions>();
    for (const [name, position] of positions) {
      const at = name.lastIndexOf('-');
      const topic = this.fullName(name.slice(0, at));
      const found = byTopic.get(topic) ?? { topic, partitions: [] };
      found.partitions.push({ partition: Number(name.slice(at + 1)), offset: String(position) });
      byTopic.set(topic, found);
    }
    return [...byTopic.values()];
  }
}
