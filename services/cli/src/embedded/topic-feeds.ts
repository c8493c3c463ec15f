import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';

export type FedTopic = 'interactions' | 'surveys';

/**
 * Events from elsewhere than the log, dealt out by topic for stage A to read as it asks for them: what is drawn for one topic
 * may be for the other, and waits here.
 */
export class TopicFeeds {
  readonly #draw: () => Promise<boolean> | boolean;
  readonly #appendedMs: number;
  readonly #topics = { interactions: emptyQueue(), surveys: emptyQueue() };
  #ended = false;

  /** `draw` puts some more events, and says whether it could: false at the end. `appendedMs`: when all of them came. */
  constructor(appendedMs: number, draw: () => Promise<boolean> | boolean) {
    this.#appendedMs = appendedMs;
    this.#draw = draw;
  }

  /** By name of the source, as a participation takes them. */
  get bySource(): Map<string, AsyncIterable<LogRecord[]>> {
    return new Map([
      ['interactions-0', this.#feed('interactions')],
      ['surveys-0', this.#feed('surveys')],
    ]);
  }

  /** Gives the records of the topic that wait, and their bytes. */
  put(topic: FedTopic, value: Uint8Array): { records: number; bytes: number } {
    const queue = this.#topics[topic];
    const appendedMs = this.#appendedMs;
    queue.records.push({ offset: queue.next++, appendedMs, key: null, value, headers: {} });
    queue.bytes += value.length;
    return { records: queue.records.length, bytes: queue.bytes };
  }

  async *#feed(topic: FedTopic): AsyncGenerator<LogRecord[]> {
    const queue = this.#topics[topic];
    for (;;) {
      while (queue.records.length === 0 && !this.#ended) this.#ended = !(await this.#draw());
      const { records } = queue;
      if (records.length === 0) return;
      queue.records = [];
      queue.bytes = 0;
      yield records;
    }
  }
}

/** `next`: the next offset. */
const emptyQueue = () => ({ records: [] as LogRecord[], bytes: 0, next: 0 });
