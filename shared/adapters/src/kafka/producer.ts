import type { InsistOptions, KafkaCluster } from './cluster.ts';
import { KafkaError, kafkaCode } from './errors.ts';
import { encodeRecords, type ProducerIdentity, type WireRecord } from './wire/encode-records.ts';
import { produceRequest } from './wire/produce.ts';

const maxSequence = 0x7fff_ffff;

/**
 * Sends batches with sequence numbers, so that a batch that is sent again is taken once. One partition per request, one
 * request per partition at a time. After any error it must not be used again: what it sent may have arrived.
 */
export class Producer {
  readonly #cluster: KafkaCluster;
  readonly #transactionalId: string | null;
  readonly #identity: ProducerIdentity;
  readonly #sequences = new Map<string, number>();

  constructor(cluster: KafkaCluster, transactionalId: string | null, identity: ProducerIdentity) {
    this.#cluster = cluster;
    this.#transactionalId = transactionalId;
    this.#identity = identity;
  }

  /** Resolves when all replicas in sync have the batch. */
  async send(
    topic: string,
    partition: number,
    records: readonly WireRecord[],
    options: InsistOptions,
  ): Promise<void> {
    const name = `${topic}/${partition}`;
    const sequence = this.#sequences.get(name) ?? 0;
    const batch = encodeRecords(records, {
      ...this.#identity,
      sequence,
      transactional: this.#transactionalId !== null,
      nowMs: Date.now(),
    });
    const request = produceRequest(topic, partition, batch, this.#transactionalId);
    await this.#cluster.insist(async () => {
      const leader = this.#cluster.leader(topic, partition);
      if (leader === undefined) throw new KafkaError(kafkaCode.leaderNotAvailable, name);
      const code = await this.#cluster.send(leader, request);
      if (code !== kafkaCode.none && code !== kafkaCode.duplicateSequence) {
        throw new KafkaError(code, `${topic}-${partition}`);
      }
    }, options);
    this.#sequences.set(name, nextSequence(sequence, records.length));
  }
}

/** Sequences run from 0 to 2³¹ − 1 and then from 0 again. */
export function nextSequence(sequence: number, count: number): number {
  const next = sequence + count;
  return next > maxSequence ? next - maxSequence - 1 : next;
}

/** A producer id without transactions, for as long as nothing goes wrong. */
export async function idempotentProducer(cluster: KafkaCluster, options: InsistOptions): Promise<Producer> {
  const { producerId, producerEpoch } = await cluster.insist(async () => {
    const broker = await cluster.anyBroker();
    return broker.initProducerId({ transactionalId: null, transactionTimeout: 60_000 });
  }, options);
  return new Producer(cluster, null, { producerId: Number(producerId), epoch: producerEpoch });
}
