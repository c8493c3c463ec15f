import { setImmediate as breathe } from 'node:timers/promises';
import type { Batch, LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import type { Changes } from './changes.ts';
import type { ReadLimit, SqliteStore, StoredSource } from './store.ts';

const readLimit: ReadLimit = { records: 1_000, bytes: 1_048_576 };

/** A place in one source from which batches are read on demand. */
export interface Cursor {
  readonly source: StoredSource;
  /** Reads on; an empty batch where there is nothing now. */
  read(): Batch | Promise<Batch>;
  close(): Promise<void>;
}

/** Reads a source's records from the log table. */
export class LogCursor implements Cursor {
  readonly source: StoredSource;
  readonly #store: SqliteStore;
  #position: number;

  constructor(store: SqliteStore, source: StoredSource, position: number) {
    this.#store = store;
    this.source = source;
    this.#position = position;
  }

  read(): Batch {
    const records = this.#store.read(this.source, this.#position, readLimit);
    this.#position = after(records, this.#position);
    // At the end, `end` is what has been handed out: trimmed records leave offsets that nobody can reach.
    const more = records.length > 0 && this.#store.read(this.source, this.#position, one).length > 0;
    return { source: this.source, records, end: more ? this.#store.next(this.source) : this.#position };
  }

  async close(): Promise<void> {}
}

/** Reads a source's records from elsewhere; those before `position` are skipped, as they were taken before. */
export class FeedCursor implements Cursor {
  readonly source: StoredSource;
  readonly #feed: AsyncIterator<LogRecord[]>;
  #position: number;
  #done = false;

  constructor(source: StoredSource, feed: AsyncIterable<LogRecord[]>, position: number) {
    this.source = source;
    this.#feed = feed[Symbol.asyncIterator]();
    this.#position = position;
  }

  async read(): Promise<Batch> {
    while (!this.#done) {
      const next = await this.#feed.next();
      if (next.done) {
        this.#done = true;
        break;
      }
      const records = next.value.filter((record) => record.offset >= this.#position);
      if (records.length === 0) continue;
      this.#position = after(records, this.#position);
      return { source: this.source, records, end: Number.MAX_SAFE_INTEGER };
    }
    return { source: this.source, records: [], end: this.#position };
  }

  async close(): Promise<void> {
    this.#done = true;
    await this.#feed.return?.();
  }
}

/** Batches of the cursors in turn, as they are asked for; with `empties`, at least one per `idlePollMs` and source. */
export async function* tail(options: {
  cursors: readonly Cursor[];
  changes: Changes;
  idlePollMs: number;
  empties: boolean;
  signal: AbortSignal;
  wanted?: (source: Source) => boolean;
}): AsyncGenerator<Batch, void, undefined> {
  const { cursors, changes, idlePollMs, empties, signal, wanted } = options;
  const yieldedMs = new Map<Cursor, number>();
  while (!signal.aborted) {
    let idle = true;
    for (const cursor of cursors) {
      if (signal.aborted) return;
      if (wanted && !wanted(cursor.source)) continue;
      const batch = await cursor.read();
      if (batch.records.length > 0) idle = false;
      else if (!empties || performance.now() < (yieldedMs.get(cursor) ?? -Infinity) + idlePollMs) continue;
      yieldedMs.set(cursor, performance.now());
      yield batch;
      // Reading is synchronous: without this a busy owner would never see a timer or an abort.
      await breathe();
    }
    if (idle) {
      const due = Math.min(...yieldedMs.values()) + idlePollMs - performance.now();
      await changes.wait(Math.min(idlePollMs, Math.max(1, Math.ceil(due))), signal);
    }
  }
}

const one: ReadLimit = { records: 1, bytes: 1 };

function after(records: readonly LogRecord[], position: number): number {
  const last = records.at(-1);
  return last ? last.offset + 1 : position;
}
