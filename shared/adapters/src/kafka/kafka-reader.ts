import type { Topic } from '@seamwatch/contracts/topics.ts';
import { hourMs } from '@seamwatch/contracts/units.ts';
import { type Batch, type Reader, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { Waker } from '../log/waker.ts';
import type { FetchStream } from './fetch-stream.ts';
import { tail } from './tail.ts';
import type { TopicPlaces } from './topic-places.ts';

const askMs = 30_000;
const longestWaitMs = 250;
/** Kafka forgets positions of a group without members when nothing was committed for `offsets.retention.minutes`, 7 days. */
const refreshMs = 6 * hourMs;

/**
 * Reads all partitions of its topics. It never joins its group, so that instances do not take partitions from each other:
 * its positions are stored as those of a group without members, by explicit `commit` only.
 */
export class KafkaReader implements Reader {
  readonly #places: TopicPlaces;
  readonly #group: string | undefined;
  readonly #streams: readonly FetchStream[];
  readonly #waker: Waker;
  readonly #closed = new AbortController();
  readonly #logClosed: AbortSignal;
  readonly #stored: Map<string, number>;
  readonly #refreshing: NodeJS.Timeout | undefined;

  private constructor(
    places: TopicPlaces,
    group: string | undefined,
    streams: readonly FetchStream[],
    stored: Map<string, number>,
    waker: Waker,
    closed: AbortSignal,
  ) {
    this.#places = places;
    this.#group = group;
    this.#streams = streams;
    this.#waker = waker;
    this.#logClosed = closed;
    this.#stored = stored;
    if (group !== undefined) this.#refreshing = setInterval(() => void this.#refresh(), refreshMs).unref();
  }

  static async open(
    places: TopicPlaces,
    options: { topics: readonly Topic[]; group?: string; from: 'beginning' | 'end' },
    closed: AbortSignal,
  ): Promise<KafkaReader> {
    const { topics, group, from } = options;
    const sources: Source[] = [];
    const wanted = new Map<string, number[]>();
    for (const topic of topics) {
      const partitions = Array.from({ length: await places.partitions(topic) }, (_, p) => p);
      wanted.set(places.fullName(topic), partitions);
      for (const partition of partitions) sources.push({ topic, partition });
    }
    const which = from === 'beginning' ? 'first' : 'stable';
    const starts = await places.cluster.offsets(wanted, which, { forMs: askMs, signal: closed });
    const stored =
      group === undefined ? new Map<string, number>() : await storedPositions(places, group, topics);
    const waker = new Waker();
    const streams = sources.map((source) => {
      const start = starts.get(places.fullName(source.topic))?.get(source.partition) ?? 0;
      return places.open(source, stored.get(sourceName(source)) ?? start, longestWaitMs, waker);
    });
    return new KafkaReader(places, group, streams, stored, waker, closed);
  }

  batches(options: { idlePollMs: number; signal: AbortSignal }): AsyncIterable<Batch> {
    return tail({
      streams: this.#streams,
      waker: this.#waker,
      idlePollMs: options.idlePollMs,
      empties: false,
      signal: AbortSignal.any([options.signal, this.#closed.signal, this.#logClosed]),
    });
  }

  async commit(positions: ReadonlyMap<string, number>): Promise<void> {
    if (this.#group === undefined) throw new Error('a reader without a group has no positions to store');
    if (positions.size === 0) return;
    const groupId = this.#places.fullName(this.#group);
    const topics = this.#places.groupPositions(positions);
    await this.#places.cluster.insist(
      async () => {
        const coordinator = await this.#places.cluster.groupCoordinator(groupId);
        // No member, no generation: as a consumer that assigns partitions to itself.
        await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics });
      },
      { forMs: askMs, signal: this.#closed.signal },
    );
    for (const [name, position] of positions) this.#stored.set(name, position);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    clearInterval(this.#refreshing);
    for (const stream of this.#streams) this.#places.release(stream);
  }

  /** Stores again what is stored, unless another instance has gone further in the meantime. */
  async #refresh(): Promise<void> {
    if (this.#logClosed.aborted) return clearInterval(this.#refreshing);
    const topics = [...new Set(this.#streams.map((stream) => stream.source.topic))];
    try {
      const current = await storedPositions(this.#places, this.#group!, topics);
      await this.commit(
        new Map([...this.#stored].filter(([name, position]) => current.get(name) === position)),
      );
    } catch {
      // Next time; there are many before Kafka forgets.
    }
  }
}

/** Positions stored under a group, by `sourceName`; sources without one are left out. */
export async function storedPositions(
  places: TopicPlaces,
  group: string,
  topics: readonly Topic[],
): Promise<Map<string, number>> {
  const groupId = places.fullName(group);
  const names = new Map<string, Topic>();
  const asked: { topic: string; partitions: { partition: number }[] }[] = [];
  for (const topic of topics) {
    const count = await places.partitions(topic);
    names.set(places.fullName(topic), topic);
    asked.push({
      topic: places.fullName(topic),
      partitions: Array.from({ length: count }, (_, partition) => ({ partition })),
    });
  }
  const { responses } = await places.cluster.insist(
    async () => {
      const coordinator = await places.cluster.groupCoordinator(groupId);
      return coordinator.offsetFetch({ groupId, topics: asked });
    },
    { forMs: askMs },
  );
  const positions = new Map<string, number>();
  for (const { topic, partitions } of responses) {
    for (const { partition, offset } of partitions) {
      if (Number(offset) >= 0)
        positions.set(sourceName({ topic: names.get(topic)!, partition }), Number(offset));
    }
  }
  return positions;
}
