import type { KafkaCluster } from './cluster.ts';
import { isFenced } from './errors.ts';
import { inBatches, type PartitionRecords } from './partition-records.ts';
import { idempotentProducer, type Producer } from './producer.ts';
import type { WireRecord } from './wire/encode-records.ts';

/** An append is tried for this long before its caller is told. */
const appendOptions = { forMs: 30_000 };

/** What is appended to a partition while a request is under way goes with the next one, in order. */
interface Line extends PartitionRecords {
  sent: Promise<void>;
}

/** Appends outside of transactions: each record once, unless the caller is told of an error. */
export class Appender {
  readonly #cluster: KafkaCluster;
  readonly #lines = new Map<string, Line>();
  readonly #sending = new Map<string, Promise<void>>();
  #producer: Promise<Producer> | undefined;

  constructor(cluster: KafkaCluster) {
    this.#cluster = cluster;
  }

  async append(groups: readonly PartitionRecords[]): Promise<void> {
    const outcomes = await Promise.allSettled(groups.map((group) => this.#enqueue(group)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #enqueue({ topic, partition, records }: PartitionRecords): Promise<void> {
    const name = `${topic}/${partition}`;
    let line = this.#lines.get(name);
    if (!line) {
      const before = this.#sending.get(name) ?? Promise.resolve();
      const opened: Line = {
        topic,
        partition,
        records: [],
        sent: before.then(() => this.#flush(name, opened)),
      };
      line = opened;
      this.#lines.set(name, line);
      // The next line waits for this one, however it ends.
      const settled = line.sent
        .catch(() => {})
        .then(() => {
          if (this.#sending.get(name) === settled) this.#sending.delete(name);
        });
      this.#sending.set(name, settled);
    }
    for (const record of records) line.records.push(record);
    return line.sent;
  }

  async #flush(name: string, { topic, partition, records }: Line): Promise<void> {
    this.#lines.delete(name);
    for (const batch of inBatches(records)) {
      await this.#send(topic, partition, batch).catch((error: unknown) => {
        // The broker forgets producers that were idle for a day: then it has refused the batch.
        if (!isFenced(error)) throw error;
        return this.#send(topic, partition, batch);
      });
    }
  }

  async #send(topic: string, partition: number, batch: readonly WireRecord[]): Promise<void> {
    this.#producer ??= idempotentProducer(this.#cluster, appendOptions);
    const producing = this.#producer;
    try {
      const producer = await producing;
      await producer.send(topic, partition, batch, appendOptions);
    } catch (error) {
      // Its sequence numbers are no longer sure: the next batch starts with a new producer.
      if (this.#producer === producing) this.#producer = undefined;
      throw error;
    }
  }
}
