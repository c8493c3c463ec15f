import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import {
  type EventLog,
  type OutRecord,
  type Reader,
  sourceName,
  type Unit,
  type UnitSpec,
} from '@seamwatch/core/ports/event-log.ts';
import type { Kafka } from 'kafkajs';
import { defaultHandOverMs } from '../log/running-units.ts';
import { Appender } from './appender.ts';
import { KafkaCluster } from './cluster.ts';
import { connectFirst, type KafkaConnection, kafkaClient } from './connection.ts';
import { Fetcher } from './fetcher.ts';
import { KafkaReader, storedPositions } from './kafka-reader.ts';
import { type LogSink, silent } from './log-sink.ts';
import { Participation } from './participation.ts';
import { TopicPlaces } from './topic-places.ts';

const askMs = 30_000;

export interface KafkaLogOptions extends KafkaConnection {
  /** Of topics, groups and transactional ids, as `seam.`. */
  prefix: string;
  /** A process that was not heard of for this long has lost its units; default 15 s. */
  sessionMs?: number;
  /** How long the owner of a revoked unit may take to finish; default 10 s. */
  handOverMs?: number;
  /** A participation fails when a source has more but stood still for this long; default 60 s. */
  watchdogMs?: number;
}

class KafkaEventLog implements EventLog {
  readonly #options: KafkaLogOptions;
  readonly #kafka: Kafka;
  readonly #log: LogSink;
  readonly #cluster: KafkaCluster;
  readonly #fetcher: Fetcher;
  readonly #places: TopicPlaces;
  readonly #appender: Appender;
  readonly #closed = new AbortController();
  readonly #participations = new Set<Promise<void>>();
  #lastAppend: Promise<unknown> = Promise.resolve();

  constructor(options: KafkaLogOptions, kafka: Kafka, cluster: KafkaCluster) {
    this.#options = options;
    this.#kafka = kafka;
    this.#log = options.log ?? silent;
    this.#cluster = cluster;
    this.#fetcher = new Fetcher(cluster, this.#log);
    this.#places = new TopicPlaces(cluster, this.#fetcher, options.prefix);
    this.#appender = new Appender(cluster);
  }

  partitions(topic: Topic): Promise<number> {
    return this.#places.partitions(topic);
  }

  append(records: readonly OutRecord[]): Promise<void> {
    // Appends take their places in the order in which they were called, even where a topic is new to this process.
    const placed = this.#lastAppend.then(async () => {
      for (const topic of new Set(records.map((record) => record.topic))) await this.#places.use(topic);
      return { sent: this.#appender.append(this.#places.group(records)) };
    });
    this.#lastAppend = placed.catch(() => {});
    return placed.then(({ sent }) => sent);
  }

  participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void> {
    const participation = this.#participate(spec, run, AbortSignal.any([signal, this.#closed.signal]));
    this.#participations.add(participation);
    return participation.finally(() => this.#participations.delete(participation));
  }

  reader(options: { topics: readonly Topic[]; group?: string; from: 'beginning' | 'end' }): Promise<Reader> {
    return KafkaReader.open(this.#places, options, this.#closed.signal);
  }

  groupPositions(group: string, topics: readonly Topic[]): Promise<ReadonlyMap<string, number>> {
    return storedPositions(this.#places, group, topics);
  }

  async offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>> {
    const name = await this.#places.use(topic);
    const partitions = Array.from({ length: this.#cluster.partitionCount(name) }, (_, p) => p);
    const wanted = new Map([[name, partitions]]);
    const [first, end] = await Promise.all([
      this.#cluster.offsets(wanted, 'first', { forMs: askMs }),
      this.#cluster.offsets(wanted, 'stable', { forMs: askMs }),
    ]);
    const of = (found: Map<string, Map<number, number>>, partition: number) =>
      found.get(name)?.get(partition) ?? 0;
    return new Map(
      partitions.map((partition) => [
        sourceName({ topic, partition }),
        { first: of(first, partition), end: of(end, partition) },
      ]),
    );
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.allSettled(this.#participations);
    await this.#lastAppend;
    this.#fetcher.close();
    await this.#cluster.close();
  }

  async #participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void> {
    const counts = await Promise.all(spec.topics.map((topic) => this.partitions(topic)));
    const [units] = counts;
    if (units === undefined || new Set(counts).size > 1) {
      const found = spec.topics
        .map((topic, i) => `${this.#places.fullName(topic)} has ${counts[i]}`)
        .join(', ');
      throw new SeamError(
        'SEAM_KAFKA_TOPIC',
        `topics read together need the same number of partitions: ${found}`,
      );
    }
    const { sessionMs = 15_000, handOverMs = defaultHandOverMs, watchdogMs = 60_000 } = this.#options;
    const participation = new Participation({
      spec,
      run,
      units,
      places: this.#places,
      connections: () => new KafkaCluster(this.#kafka),
      sessionMs,
      handOverMs,
      watchdogMs,
      log: this.#log,
    });
    await participation.run(signal);
  }
}

/** Opens the event log on Kafka. Throws `SEAM_KAFKA_UNREACHABLE` within seconds where no broker answers. */
export async function openKafkaEventLog(options: KafkaLogOptions): Promise<EventLog> {
  const kafka = kafkaClient(options, options.log ?? silent);
  const cluster = new KafkaCluster(kafka);
  await connectFirst(cluster, options);
  return new KafkaEventLog(options, kafka, cluster);
}
