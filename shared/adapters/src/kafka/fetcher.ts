import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Source } from '@seamwatch/core/ports/event-log.ts';
import type { KafkaCluster } from './cluster.ts';
import { isPassing, KafkaError, kafkaCode, messageOf } from './errors.ts';
import { FetchStream } from './fetch-stream.ts';
import type { LogSink } from './log-sink.ts';
import { decodeRecords } from './wire/decode-records.ts';
import { type FetchedPartition, fetchRequest } from './wire/fetch.ts';

const maxBytes = 10 * 1_048_576;
const maxPartitionBytes = 1_048_576;
/** While the records of another stream wait, the broker must answer soon, so that this one can be asked for again. */
const busyWaitMs = 5;
const retryMs = 100;
const longestRetryMs = 1_000;

/**
 * Fetches for all streams of this process: one request in flight per broker, which names every stream that has room. Streams
 * ask by being taken from, so what is read ahead is bounded by one answer per stream.
 */
export class Fetcher {
  readonly #cluster: KafkaCluster;
  readonly #log: LogSink;
  readonly #streams = new Set<FetchStream>();
  readonly #inFlight = new Set<string>();
  readonly #failures = new Map<string, number>();
  #turn = 0;
  #pumping = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(cluster: KafkaCluster, log: LogSink) {
    this.#cluster = cluster;
    this.#log = log;
  }

  /** Opens a stream from `offset`; its topic must be in use in the cluster. `arrived` is called after each answer. */
  open(options: {
    source: Source;
    topic: string;
    offset: number;
    maxWaitMs: number;
    arrived: () => void;
  }): FetchStream {
    const stream = new FetchStream({ ...options, changed: () => this.#pump() });
    this.#streams.add(stream);
    this.#pump();
    return stream;
  }

  release(stream: FetchStream): void {
    stream.close();
    this.#streams.delete(stream);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  /** Looks, once per turn, which brokers can be asked for something. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (!this.#closed) this.#ask();
    });
  }

  #ask(): void {
    const nowMs = performance.now();
    const byLeader = new Map<string, FetchStream[]>();
    let laterMs = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams) {
      if (!stream.hungry) continue;
      if (stream.notBeforeMs > nowMs) {
        laterMs = Math.min(laterMs, stream.notBeforeMs - nowMs);
        continue;
      }
      const leader = this.#leader(stream);
      if (leader === undefined) {
        laterMs = Math.min(laterMs, retryMs);
        stream.notBeforeMs = nowMs + retryMs;
        void this.#cluster.recover(new KafkaError(kafkaCode.leaderNotAvailable, stream.topic));
        continue;
      }
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), stream]);
    }
    for (const [leader, streams] of byLeader) {
      if (!this.#inFlight.has(leader)) void this.#fetch(leader, streams);
    }
    if (laterMs < Number.POSITIVE_INFINITY) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#pump(), Math.ceil(laterMs));
    }
  }

  #leader(stream: FetchStream): string | undefined {
    try {
      return this.#cluster.leader(stream.topic, stream.partition);
    } catch {
      return undefined;
    }
  }

  async #fetch(leader: string, hungry: FetchStream[]): Promise<void> {
    this.#inFlight.add(leader);
    try {
      const asked = this.#pick(hungry);
      const busy = asked.size < hungry.length || [...this.#streams].some((s) => s.full && s.wanted);
      const streams = [...asked.values()];
      const waitMs = Math.min(
        ...streams.map((s) => s.maxWaitMs),
        busy ? busyWaitMs : Number.POSITIVE_INFINITY,
      );
      const request = fetchRequest(
        streams.map((s) => ({ topic: s.topic, partition: s.partition, offset: s.position })),
        { maxWaitMs: waitMs, maxBytes, maxPartitionBytes },
      );
      const answer = await this.#cluster.send(leader, request);
      this.#failures.delete(leader);
      for (const fetched of answer) {
        const stream = asked.get(`${fetched.topic}/${fetched.partition}`);
        if (stream && !stream.closed) this.#deliver(stream, fetched);
      }
    } catch (error) {
      await this.#failed(leader, error);
    } finally {
      this.#inFlight.delete(leader);
      this.#pump();
    }
  }

  /**
   * One stream per partition, because a request names a partition once. They take turns at the head, where the broker gives
   * a batch even if it exceeds the limits.
   */
  #pick(hungry: FetchStream[]): Map<string, FetchStream> {
    const start = this.#turn++ % hungry.length;
    const asked = new Map<string, FetchStream>();
    for (let i = 0; i < hungry.length; i++) {
      const stream = hungry[(start + i) % hungry.length]!;
      const name = `${stream.topic}/${stream.partition}`;
      if (!asked.has(name)) asked.set(name, stream);
    }
    return asked;
  }

  #deliver(stream: FetchStream, fetched: FetchedPartition): void {
    const { errorCode } = fetched;
    if (errorCode === kafkaCode.none) {
      try {
        const { records, next } = decodeRecords(fetched.records, stream.position, fetched.aborted);
        stream.deliver(records, next, fetched.lastStableOffset);
      } catch (error) {
        const at = `${stream.topic}-${stream.partition} at offset ${stream.position}`;
        stream.fail(new SeamError('SEAM_KAFKA_TOPIC', `${at}: ${messageOf(error)}`, { cause: error }));
      }
      return;
    }
    const error = new KafkaError(errorCode, `${stream.topic}-${stream.partition}`);
    stream.notBeforeMs = performance.now() + retryMs;
    if (errorCode === kafkaCode.offsetOutOfRange) void this.#outOfRange(stream, error);
    else if (isPassing(error)) void this.#cluster.recover(error);
    else stream.fail(new SeamError('SEAM_KAFKA_TOPIC', error.message, { cause: error }));
  }

  /** Records that retention has deleted are passed over; an offset that the log has never had is an error. */
  async #outOfRange(stream: FetchStream, error: KafkaError): Promise<void> {
    const wanted = new Map([[stream.topic, [stream.partition]]]);
    const offset = async (which: 'first' | 'end') => {
      const found = await this.#cluster.offsets(wanted, which, { forMs: 0 });
      return found.get(stream.topic)?.get(stream.partition) ?? 0;
    };
    try {
      const [first, end] = await Promise.all([offset('first'), offset('end')]);
      const at = `${stream.topic}-${stream.partition}`;
      if (stream.position < first) {
        this.#log.warn(
          { position: stream.position, first },
          `${at}: records before ${first} are gone by retention`,
        );
        stream.position = first;
        stream.notBeforeMs = 0;
        this.#pump();
      } else if (stream.position > end) {
        const found = `${at} ends at offset ${end}, but was read up to ${stream.position} before`;
        if (stream.isBeyondEnd(performance.now())) {
          const why = 'it was made anew or has lost records';
          stream.fail(new SeamError('SEAM_KAFKA_TOPIC', `${found}: ${why}`));
        } else {
          this.#log.warn({ position: stream.position, end }, `${found}: asking who leads it now`);
          stream.notBeforeMs = performance.now() + longestRetryMs;
          await this.#cluster.recover(error);
        }
      }
    } catch (failed) {
      this.#log.warn({ err: failed }, 'cannot ask for offsets; trying again');
    }
  }

  async #failed(leader: string, error: unknown): Promise<void> {
    if (this.#closed) return;
    const failures = (this.#failures.get(leader) ?? 0) + 1;
    this.#failures.set(leader, failures);
    this.#log.warn({ broker: leader, failures }, `fetch failed, trying again: ${messageOf(error)}`);
    await this.#cluster.recover(error);
    await sleep(Math.min(retryMs * 2 ** (failures - 1), longestRetryMs));
  }
}
