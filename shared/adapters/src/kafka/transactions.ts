import { UnitFenced } from '@seamwatch/core/ports/event-log.ts';
import type { InsistOptions, KafkaCluster } from './cluster.ts';
import { isFenced, isPassing, messageOf } from './errors.ts';
import type { TopicPositions, TransactionId } from './kafkajs-cluster.ts';
import { inBatches, type PartitionRecords } from './partition-records.ts';
import { Producer } from './producer.ts';

/** The broker aborts a transaction that is older than this. */
const transactionTimeoutMs = 30_000;
/** A step of a commit is tried for this long; afterwards the unit starts afresh from what the log says. */
const stepMs = 25_000;

/** Transactions under one transactional id, each with all of its records or none. */
export class Transactions {
  readonly #cluster: KafkaCluster;
  readonly #id: TransactionId;
  readonly #producer: Producer;
  readonly #closing = new AbortController();
  #broken: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(cluster: KafkaCluster, id: TransactionId) {
    this.#cluster = cluster;
    this.#id = id;
    this.#producer = new Producer(cluster, id.transactionalId, {
      producerId: Number(id.producerId),
      epoch: id.producerEpoch,
    });
  }

  /** Fences whoever used the id before; resolves when its open transaction is ended and its markers are written. */
  static async open(
    cluster: KafkaCluster,
    transactionalId: string,
    signal: AbortSignal,
  ): Promise<Transactions> {
    const { producerId, producerEpoch } = await cluster.insist(
      async () => {
        const coordinator = await cluster.transactionCoordinator(transactionalId);
        return coordinator.initProducerId({ transactionalId, transactionTimeout: transactionTimeoutMs });
      },
      { forMs: 2 * transactionTimeoutMs, signal },
    );
    return new Transactions(cluster, { transactionalId, producerId, producerEpoch });
  }

  /** Commits one after the other. Throws `UnitFenced` where it is not sure to have been taken: then nothing more is. */
  commit(records: readonly PartitionRecords[], groupId: string, positions: TopicPositions[]): Promise<void> {
    const commit = this.#last.then(() => this.#commit(records, groupId, positions));
    this.#last = commit.catch(() => {});
    return commit;
  }

  /** Refuses further commits; one that is under way may finish, but is not tried again. */
  async close(): Promise<void> {
    this.#broken ??= new Error('closed');
    this.#closing.abort();
    await this.#last;
  }

  async #commit(
    records: readonly PartitionRecords[],
    groupId: string,
    positions: TopicPositions[],
  ): Promise<void> {
    if (this.#broken) throw this.#fenced(this.#broken);
    if (records.length === 0 && positions.length === 0) return;
    try {
      if (records.length > 0) await this.#addPartitions(records);
      await allOf([
        ...records.map((group) => this.#produce(group)),
        ...(positions.length > 0 ? [this.#storePositions(groupId, positions)] : []),
      ]);
      await this.#end(true);
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
      if (isFenced(error) || isPassing(error)) throw this.#fenced(this.#broken);
      // Readers wait behind an open transaction, so it is not left to its timeout.
      await this.#end(false).catch(() => {});
      throw error;
    }
  }

  get #step(): InsistOptions {
    return { forMs: stepMs, signal: this.#closing.signal };
  }

  async #addPartitions(records: readonly PartitionRecords[]): Promise<void> {
    const topics = [...Map.groupBy(records, (group) => group.topic)].map(([topic, groups]) => ({
      topic,
      partitions: groups.map((group) => group.partition),
    }));
    await this.#cluster.insist(async () => {
      const coordinator = await this.#cluster.transactionCoordinator(this.#id.transactionalId);
      await coordinator.addPartitionsToTxn({ ...this.#id, topics });
    }, this.#step);
  }

  async #produce({ topic, partition, records }: PartitionRecords): Promise<void> {
    for (const batch of inBatches(records)) await this.#producer.send(topic, partition, batch, this.#step);
  }

  /** Group offsets are for lag displays; nothing is ever read from them. */
  async #storePositions(groupId: string, topics: TopicPositions[]): Promise<void> {
    await this.#cluster.insist(async () => {
      const coordinator = await this.#cluster.transactionCoordinator(this.#id.transactionalId);
      await coordinator.addOffsetsToTxn({ ...this.#id, groupId });
    }, this.#step);
    await this.#cluster.insist(async () => {
      const coordinator = await this.#cluster.groupCoordinator(groupId);
      await coordinator.txnOffsetCommit({ ...this.#id, groupId, topics });
    }, this.#step);
  }

  /** Safe to repeat: the coordinator answers a second time as the first. */
  async #end(transactionResult: boolean): Promise<void> {
    await this.#cluster.insist(async () => {
      const coordinator = await this.#cluster.transactionCoordinator(this.#id.transactionalId);
      await coordinator.endTxn({ ...this.#id, transactionResult });
    }, this.#step);
  }

  #fenced(cause: Error): UnitFenced {
    return new UnitFenced(`${this.#id.transactionalId}: ${messageOf(cause)}`, { cause });
  }
}

/** Waits for all, and then throws the first error: nothing goes on behind the caller's back. */
async function allOf(steps: Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
