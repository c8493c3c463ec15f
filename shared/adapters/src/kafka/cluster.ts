import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { codeOf, isPassing, isUnreachable, KafkaError, kafkaCode, missingTopic } from './errors.ts';
import { type ClientBroker, type ClientCluster, clusterOf } from './kafkajs-cluster.ts';
import { sendRequest, type WireRequest } from './wire/wire-request.ts';

/** With errors of the way for this long, the client is built anew: kafkajs can get stuck with dead brokers. */
const rebuildAfterMs = 5_000;
const earliest = -2;
const latest = -1;
const firstDelayMs = 2;
const longestDelayMs = 500;

export interface InsistOptions {
  /** Gives up this long after the first attempt, with the last error. */
  forMs: number;
  signal?: AbortSignal | undefined;
}

/** A set of connections to the brokers: finds leaders and coordinators, and finds them again when they move. */
export class KafkaCluster {
  readonly #kafka: Kafka;
  readonly #topics = new Set<string>();
  readonly #coordinators = new Map<string, string>();
  #client: ClientCluster;
  #connecting: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #failingSinceMs: number | undefined;
  #closed = false;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
    this.#client = clusterOf(kafka);
  }

  async connect(): Promise<void> {
    this.#connecting ??= this.#client.connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.disconnect().catch(() => {});
  }

  /** Makes leaders of these topics known. Throws `SEAM_KAFKA_TOPIC` where one is missing. */
  async useTopics(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !this.#topics.has(topic) || this.partitionCount(topic) === 0);
    for (const topic of fresh) {
      // A topic that has just been made may not be known to every broker yet.
      try {
        await this.insist((client) => this.#learnTopic(client, topic), { forMs: 2_000 });
      } catch (error) {
        throw codeOf(error) === kafkaCode.unknownTopicOrPartition ? missingTopic(topic) : error;
      }
      this.#topics.add(topic);
    }
  }

  /** An answer about fewer topics that was asked for earlier may come later, and what it leaves out is forgotten. */
  async #learnTopic(client: ClientCluster, topic: string): Promise<void> {
    await client.addMultipleTargetTopics([topic]);
    if (client.findTopicPartitionMetadata(topic).length > 0) return;
    await client.refreshMetadata();
    if (client.findTopicPartitionMetadata(topic).length > 0) return;
    throw new KafkaError(kafkaCode.leaderNotAvailable, topic);
  }

  /** Partition count of a topic that is in use. */
  partitionCount(topic: string): number {
    return this.#client.findTopicPartitionMetadata(topic).length;
  }

  /** Node id of the partition's leader, if one is known. */
  leader(topic: string, partition: number): string | undefined {
    const metadata = this.#client.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition);
    return metadata === undefined || metadata.leader < 0 ? undefined : String(metadata.leader);
  }

  /** Sends one request to one broker, without trying again. */
  async send<T>(nodeId: string, request: WireRequest<T>): Promise<T> {
    const broker = await this.#client.findBroker({ nodeId });
    try {
      const connection = await broker.connectionPool.getConnectionByRequest({ request });
      return await sendRequest(connection, request);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') {
        await broker.disconnect().catch(() => {});
      }
      throw error;
    }
  }

  groupCoordinator(groupId: string): Promise<ClientBroker> {
    return this.#coordinator(groupId, 0);
  }

  transactionCoordinator(transactionalId: string): Promise<ClientBroker> {
    return this.#coordinator(transactionalId, 1);
  }

  anyBroker(): Promise<ClientBroker> {
    return this.#client.findControllerBroker();
  }

  /**
   * Offsets of partitions of topics in use, as topic → partition → offset: the first that is kept, the next one (`end`), or
   * the one before which no transaction is open (`stable`).
   */
  async offsets(
    wanted: ReadonlyMap<string, readonly number[]>,
    which: 'first' | 'end' | 'stable',
    options: InsistOptions,
  ): Promise<Map<string, Map<number, number>>> {
    return this.insist(async (client) => {
      const found = new Map([...wanted.keys()].map((topic) => [topic, new Map<number, number>()]));
      const byLeader = new Map<
        string,
        { topic: string; partitions: { partition: number; timestamp: number }[] }[]
      >();
      for (const [topic, partitions] of wanted) {
        for (const partition of partitions) {
          const leader = this.leader(topic, partition);
          if (leader === undefined) throw new KafkaError(kafkaCode.leaderNotAvailable, topic);
          const asked = {
            topic,
            partitions: [{ partition, timestamp: which === 'first' ? earliest : latest }],
          };
          byLeader.set(leader, [...(byLeader.get(leader) ?? []), asked]);
        }
      }
      await Promise.all(
        [...byLeader].map(async ([nodeId, topics]) => {
          const broker = await client.findBroker({ nodeId });
          const isolationLevel = which === 'stable' ? 1 : 0;
          const { responses } = await broker.listOffsets({ replicaId: -1, isolationLevel, topics });
          for (const { topic, partitions } of responses) {
            for (const { partition, offset } of partitions) found.get(topic)?.set(partition, Number(offset));
          }
        }),
      );
      return found;
    }, options);
  }

  /** Repeats an attempt while its errors are of the passing kind. */
  async insist<T>(attempt: (client: ClientCluster) => Promise<T>, options: InsistOptions): Promise<T> {
    const deadline = performance.now() + options.forMs;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      try {
        const result = await attempt(this.#client);
        this.#failingSinceMs = undefined;
        return result;
      } catch (error) {
        if (!isPassing(error) || options.signal?.aborted || this.#closed) throw error;
        if (performance.now() + delayMs > deadline) throw error;
        await sleep(delayMs, undefined, { signal: options.signal }).catch(() => {});
        await this.recover(error);
      }
    }
  }

  /** Finds out again who leads; after an error that calls for it. Never throws. */
  async recover(error: unknown): Promise<void> {
    if (codeOf(error) === kafkaCode.concurrentTransactions || this.#closed) return;
    this.#recovering ??= this.#recover(error).finally(() => {
      this.#recovering = undefined;
    });
    await this.#recovering;
  }

  /** Kept until an error says that it may have moved; kafkajs would ask each time. */
  async #coordinator(groupId: string, coordinatorType: 0 | 1): Promise<ClientBroker> {
    const name = `${coordinatorType} ${groupId}`;
    const nodeId = this.#coordinators.get(name);
    if (nodeId !== undefined) return this.#client.findBroker({ nodeId });
    const broker = await this.#client.findGroupCoordinator({ groupId, coordinatorType });
    this.#coordinators.set(name, String(broker.nodeId));
    return broker;
  }

  async #recover(error: unknown): Promise<void> {
    this.#coordinators.clear();
    try {
      if (isUnreachable(error)) {
        this.#failingSinceMs ??= performance.now();
        if (performance.now() - this.#failingSinceMs > rebuildAfterMs) return await this.#rebuild();
        const { host, port } = error as { host?: string; port?: number };
        if (host !== undefined && port !== undefined) this.#client.removeBroker({ host, port });
        if (!this.#client.isConnected()) await this.#client.connect();
      }
      await this.#client.refreshMetadata();
    } catch {
      // The next attempt tells.
    }
  }

  async #rebuild(): Promise<void> {
    this.#failingSinceMs = performance.now();
    void this.#client.disconnect().catch(() => {});
    this.#client = clusterOf(this.#kafka);
    await this.#client.connect();
    await this.#client.addMultipleTargetTopics([...this.#topics]);
  }
}
