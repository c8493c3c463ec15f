import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { Batch, Reader } from '@seamwatch/core/ports/event-log.ts';
import type { Changes } from './changes.ts';
import type { SqliteStore } from './store.ts';
import { LogCursor, tail } from './tail.ts';

export class SqliteReader implements Reader {
  readonly #store: SqliteStore;
  readonly #changes: Changes;
  readonly #group: string | undefined;
  readonly #cursors: readonly LogCursor[];
  readonly #closed = new AbortController();
  readonly #logClosed: AbortSignal;

  constructor(options: {
    store: SqliteStore;
    changes: Changes;
    closed: AbortSignal;
    topics: readonly Topic[];
    group?: string;
    from: 'beginning' | 'end';
  }) {
    const { store, group, from } = options;
    this.#store = store;
    this.#changes = options.changes;
    this.#logClosed = options.closed;
    this.#group = group;
    const stored = group === undefined ? new Map<string, number>() : store.positions(group, options.topics);
    this.#cursors = options.topics
      .flatMap((topic) => store.sources(topic))
      .map((source) => {
        const start = from === 'beginning' ? 0 : store.next(source);
        return new LogCursor(store, source, stored.get(source.name) ?? start);
      });
  }

  batches(options: { idlePollMs: number; signal: AbortSignal }): AsyncIterable<Batch> {
    return tail({
      cursors: this.#cursors,
      changes: this.#changes,
      idlePollMs: options.idlePollMs,
      empties: false,
      signal: AbortSignal.any([options.signal, this.#closed.signal, this.#logClosed]),
    });
  }

  async commit(positions: ReadonlyMap<string, number>): Promise<void> {
    const group = this.#group;
    if (group === undefined) throw new Error('a reader without a group has no positions to store');
    this.#store.transact(() => this.#store.setPositions(group, positions));
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }
}
