import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import {
  type Batch,
  type LogRecord,
  type OutRecord,
  type Source,
  sourceName,
  type Unit,
  UnitFenced,
} from '@seamwatch/core/ports/event-log.ts';
import type { RevocableUnit } from '../log/running-units.ts';
import { Waker } from '../log/waker.ts';
import type { KafkaCluster } from './cluster.ts';
import { isPassing, messageOf } from './errors.ts';
import type { FetchStream } from './fetch-stream.ts';
import { tail } from './tail.ts';
import type { TopicPlaces } from './topic-places.ts';
import { Transactions } from './transactions.ts';

/** The end of a changelog is asked for again for this long. */
const askMs = 30_000;
const longestWaitMs = 250;
/** In changelogs, for this adapter alone. */
const markKey = '~mark';

/** One owner's hold on partition p of the input topics: its own connections, its own transactional id. */
export class KafkaUnit implements RevocableUnit {
  readonly name: string;
  readonly partition: number;
  readonly sources: readonly Source[];
  /** Commits taken so far, for the watchdog. */
  commits = 0;
  readonly #places: TopicPlaces;
  readonly #group: string;
  readonly #cluster: KafkaCluster;
  readonly #waker = new Waker();
  readonly #revoked = new AbortController();
  #transactions: Transactions | undefined;
  #streams: FetchStream[] = [];
  #closed: Promise<void> | undefined;

  constructor(
    places: TopicPlaces,
    cluster: KafkaCluster,
    group: string,
    topics: readonly Topic[],
    partition: number,
  ) {
    this.#places = places;
    this.#cluster = cluster;
    this.#group = places.fullName(group);
    this.name = `${group}-${partition}`;
    this.partition = partition;
    this.sources = topics.map((topic) => ({ topic, partition }));
  }

  /** Takes over: whoever held the unit before is fenced, and its open transaction ended. */
  async open(): Promise<void> {
    await this.#cluster.connect();
    const transactionalId = `${this.#group}-${this.partition}`;
    this.#transactions = await Transactions.open(this.#cluster, transactionalId, this.#revoked.signal);
  }

  /** Positions read so far, of sources that are wanted, for the watchdog. */
  get reading(): { source: Source; topic: string; position: number }[] {
    return this.#streams
      .filter((s) => s.wanted && !s.closed)
      .map((s) => ({ source: s.source, topic: s.topic, position: s.full ? s.taken : s.position }));
  }

  async restore(changelog: Topic, onRecord: (record: LogRecord) => void): Promise<void> {
    const topic = await this.#unlessAway(this.#places.use(changelog));
    const { partition } = this;
    const mark = await this.#mark(changelog, topic);
    const options = { forMs: askMs, signal: this.#revoked.signal };
    const asked = this.#places.cluster.offsets(new Map([[topic, [partition]]]), 'first', options);
    const first = (await this.#unlessAway(asked)).get(topic)?.get(partition) ?? 0;
    const stream = this.#places.open({ topic: changelog, partition }, first, longestWaitMs, this.#waker);
    try {
      for (let reached = false; !reached; ) {
        if (this.#revoked.signal.aborted)
          throw new UnitFenced(`${this.name} was revoked while it was restored`);
        const records = stream.take();
        if (records) {
          for (const record of records) {
            reached = record.key === markKey && Buffer.from(record.value ?? '').toString() === mark;
            // What stands behind it is of a later owner, who has fenced this one while it stood still.
            if (reached) break;
            if (record.key !== markKey) onRecord(record);
          }
          await breathe();
        } else {
          await this.#waker.wait(longestWaitMs, this.#revoked.signal);
        }
      }
    } finally {
      this.#places.release(stream);
    }
  }

  /**
   * Commits a mark to a changelog. Who has read it has read everything before it: a broker that was frozen goes on for a moment
   * as the leader that it is no more, and would give an end from before its sleep, but nobody can commit through it.
   */
  async #mark(changelog: Topic, topic: string): Promise<string> {
    const mark = randomUUID();
    await this.#unlessAway(this.#cluster.useTopics([topic]));
    const record = { topic: changelog, partition: this.partition, key: markKey, value: mark };
    await this.#transactions!.commit(this.#places.group([record]), this.#group, []);
    return mark;
  }

  async *batches(options: Parameters<Unit['batches']>[0]): AsyncGenerator<Batch, void, undefined> {
    const { positions, idlePollMs, wanted } = options;
    const signal = AbortSignal.any([options.signal, this.#revoked.signal]);
    const maxWaitMs = Math.min(longestWaitMs, idlePollMs);
    this.#streams = this.sources.map((source) =>
      this.#places.open(source, positions.get(sourceName(source)) ?? 0, maxWaitMs, this.#waker),
    );
    try {
      yield* tail({ streams: this.#streams, waker: this.#waker, idlePollMs, empties: true, signal, wanted });
    } finally {
      for (const stream of this.#streams) this.#places.release(stream);
    }
  }

  async commit(records: readonly OutRecord[], positions: ReadonlyMap<string, number>): Promise<void> {
    if (!this.#transactions || this.#closed) throw new UnitFenced(`${this.name} is closed`);
    const topics = new Set(records.map((record) => record.topic));
    for (const topic of topics) await this.#unlessAway(this.#places.use(topic));
    const names = [...topics].map((topic) => this.#places.fullName(topic));
    await this.#unlessAway(this.#cluster.useTopics(names));
    const groups = this.#places.group(records);
    await this.#transactions.commit(groups, this.#group, this.#places.groupPositions(positions));
    this.commits++;
  }

  revoke(): void {
    this.#revoked.abort();
  }

  /** Brokers that are away end the unit, not its process: it is opened again, and goes on from what the log says. */
  async #unlessAway<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!isPassing(error)) throw error;
      throw new UnitFenced(`${this.name}: ${messageOf(error)}`, { cause: error });
    }
  }

  close(): Promise<void> {
    this.revoke();
    this.#closed ??= (async () => {
      await this.#transactions?.close();
      await this.#cluster.close();
    })();
    return this.#closed;
  }
}
