import type { Topic } from '@seamwatch/contracts/topics.ts';
import {
  type Batch,
  type LogRecord,
  type OutRecord,
  type Source,
  UnitFenced,
} from '@seamwatch/core/ports/event-log.ts';
import type { RevocableUnit } from '../log/running-units.ts';
import type { Changes } from './changes.ts';
import type { Membership } from './membership.ts';
import type { SqliteStore, StoredSource } from './store.ts';
import { FeedCursor, LogCursor, tail } from './tail.ts';

/** Batches of a source, by `sourceName`, that come from elsewhere than the log; with offsets of their own. */
export type Feeds = ReadonlyMap<string, AsyncIterable<LogRecord[]>>;

export class SqliteUnit implements RevocableUnit {
  readonly name: string;
  readonly partition: number;
  readonly sources: readonly StoredSource[];
  readonly epoch: number;
  readonly #store: SqliteStore;
  readonly #changes: Changes;
  readonly #members: Membership;
  readonly #feeds: Feeds | undefined;
  readonly #revoked = new AbortController();
  #closed = false;

  constructor(options: {
    store: SqliteStore;
    changes: Changes;
    members: Membership;
    topics: readonly Topic[];
    partition: number;
    epoch: number;
    feeds: Feeds | undefined;
  }) {
    this.#store = options.store;
    this.#changes = options.changes;
    this.#members = options.members;
    this.#feeds = options.feeds;
    this.partition = options.partition;
    this.epoch = options.epoch;
    this.name = `${options.members.team}-${options.partition}`;
    this.sources = options.topics.map((topic) => options.store.source(topic, options.partition));
  }

  async restore(changelog: Topic, onRecord: (record: LogRecord) => void): Promise<void> {
    const cursor = new LogCursor(this.#store, this.#store.source(changelog, this.partition), 0);
    for (;;) {
      const { records } = cursor.read();
      if (records.length === 0) return;
      for (const record of records) onRecord(record);
    }
  }

  async *batches(options: {
    positions: ReadonlyMap<string, number>;
    idlePollMs: number;
    signal: AbortSignal;
    wanted?: (source: Source) => boolean;
  }): AsyncGenerator<Batch, void, undefined> {
    const cursors = this.sources.map((source) => {
      const position = options.positions.get(source.name) ?? 0;
      const feed = this.#feeds?.get(source.name);
      return feed ? new FeedCursor(source, feed, position) : new LogCursor(this.#store, source, position);
    });
    try {
      yield* tail({
        cursors,
        changes: this.#changes,
        idlePollMs: options.idlePollMs,
        empties: true,
        signal: AbortSignal.any([options.signal, this.#revoked.signal]),
        ...(options.wanted && { wanted: options.wanted }),
      });
    } finally {
      await Promise.all(cursors.map((cursor) => cursor.close()));
    }
  }

  async commit(records: readonly OutRecord[], positions: ReadonlyMap<string, number>): Promise<void> {
    this.#store.transact(() => {
      if (this.#closed || this.#members.epoch(this.partition) !== this.epoch) {
        this.#closed = true;
        throw new UnitFenced(`${this.name} has another owner`);
      }
      this.#store.append(records, Date.now());
      this.#store.setPositions(this.#members.team, positions);
      if (this.#feeds) this.#store.advanceTo(positions);
    });
    this.#changes.notify();
  }

  revoke(): void {
    this.#revoked.abort();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.revoke();
  }
}
