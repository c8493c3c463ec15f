import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { KafkaCluster } from './cluster.ts';
import { type PartitionRecords, partitionBatches } from './partition-batches.ts';
import { idempotentProducer, type Producer } from './producer.ts';

/** An append is tried for this long before its caller is told. */
const appendMs = 30_000;

export type Place = (record: OutRecord) => { topic: string; partition: number };

/** What is appended to a partition while a request is under way goes with the next one, in order. */
interface Line {
  records: OutRecord[];
  sent: Promise<void>;
}

/** Appends outside of transactions: each record once, unless the caller is told of an error. */
export class Appender {
  readonly #cluster: KafkaCluster;
  readonly #place: Place;
  readonly #lines = new Map<string, Line>();
  readonly #sending = new Map<string, Promise<void>>();
  #producer: Promise<Producer> | undefined;

  constructor(cluster: KafkaCluster, place: Place) {
    this.#cluster = cluster;
    this.#place = place;
  }

  async append(records: readonly OutRecord[]): Promise<void> {
    const groups = Map.groupBy(records, (record) => {
      const { topic, partition } = this.#place(record);
      return `${topic}/${partition}`;
    });
    const outcomes = await Promise.allSettled([...groups].map(([name, group]) => this.#enqueue(name, group)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #enqueue(name: string, records: readonly OutRecord[]): Promise<void> {
    let line = this.#lines.get(name);
    if (!line) {
      const before = this.#sending.get(name) ?? Promise.resolve();
      const opened: Line = { records: [], sent: before.then(() => this.#flush(name, opened)) };
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
    line.records.push(...records);
    return line.sent;
  }

  async #flush(name: string, line: Line): Promise<void> {
    this.#lines.delete(name);
    const [group] = partitionBatches(line.records, this.#place) as [PartitionRecords];
    this.#producer ??= idempotentProducer(this.#cluster, appendMs);
    const producing = this.#producer;
    try {
      const producer = await producing;
      for (const batch of group.batches) await producer.send(group.topic, group.partition, batch, appendMs);
    } catch (error) {
      // Its sequence numbers are no longer sure: the next append starts with a new producer.
      if (this.#producer === producing) this.#producer = undefined;
      throw error;
    }
  }
}
