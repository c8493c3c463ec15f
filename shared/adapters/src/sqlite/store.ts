import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Topic, type TopicSettings, topics } from '@seamwatch/contracts/topics.ts';
import { type LogRecord, type OutRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { partitionOf } from '../log/murmur2.ts';
import { prepareSchema } from './schema.ts';

const offsetSpan = 2 ** 40;
const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** Of pages, for each connection; it takes no more than is used. */
const usualCacheKiB = 32 * 1024;
const historyCacheKiB = 128 * 1024;

/** A source as the store keeps it: row ids from `base` to below `end`. */
export interface StoredSource extends Source {
  name: string;
  id: number;
  base: number;
  end: number;
}

/** Bounds of one read. */
export interface ReadLimit {
  records: number;
  bytes: number;
}

type Row = [
  id: number,
  appendedMs: number,
  key: string | null,
  value: Uint8Array | null,
  headers: string | null,
];

/** The log's tables in one SQLite file. Everything here is synchronous, and short. */
export class SqliteStore {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly #sources = new Map<Topic, StoredSource[]>();
  readonly #insert: StatementSync;
  readonly #next: StatementSync;
  readonly #setNext: StatementSync;
  readonly #scan: StatementSync;
  readonly #setPosition: StatementSync;
  readonly #dataVersion: StatementSync;

  constructor(file: string, inputPartitions: number | undefined) {
    this.file = file;
    this.db = openDatabase(file);
    try {
      this.transact(() => prepareSchema(this.db, file, inputPartitions));
    } catch (error) {
      this.db.close();
      throw error;
    }
    for (const row of this.db
      .prepare('SELECT id, topic, partition FROM log_sources ORDER BY partition')
      .all()) {
      const source = { topic: row.topic as Topic, partition: row.partition as number };
      const id = row.id as number;
      const list = this.#sources.get(source.topic) ?? [];
      list.push({
        ...source,
        name: sourceName(source),
        id,
        base: id * offsetSpan,
        end: (id + 1) * offsetSpan,
      });
      this.#sources.set(source.topic, list);
    }
    // REPLACE deletes the older record of the same key, which only compacted topics have.
    this.#insert = this.db.prepare(
      'INSERT OR REPLACE INTO log_records (id, appended_ms, key, value, headers, compacted) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#next = this.db.prepare('SELECT next FROM log_sources WHERE id = ?');
    this.#setNext = this.db.prepare('UPDATE log_sources SET next = max(next, ?) WHERE id = ?');
    this.#scan = this.db.prepare(
      'SELECT id, appended_ms, key, value, headers FROM log_records WHERE id >= ? AND id < ? ORDER BY id',
    );
    this.#scan.setReturnArrays(true);
    this.#setPosition = this.db.prepare(
      'INSERT INTO log_positions (reader, source, position) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
    );
    this.#dataVersion = this.db.prepare('PRAGMA data_version');
  }

  /** Runs `work` in one write transaction. Throws `SEAM_STORE_BUSY` where another writer does not let go. */
  transact<T>(work: () => T): T {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.isOpen && this.db.isTransaction) this.db.exec('ROLLBACK');
      throw isBusy(error) ? this.#busy(error) : error;
    }
  }

  sources(topic: Topic): readonly StoredSource[] {
    const sources = this.#sources.get(topic);
    if (!sources) throw new SeamError('SEAM_KAFKA_TOPIC', `${this.file} has no topic ${topic}`);
    return sources;
  }

  source(topic: Topic, partition: number): StoredSource {
    const source = this.sources(topic)[partition];
    if (!source) throw new SeamError('SEAM_KAFKA_TOPIC', `${topic} has no partition ${partition}`);
    return source;
  }

  /** Appends inside a transaction. */
  append(records: readonly OutRecord[], nowMs: number): void {
    const next = new Map<StoredSource, number>();
    for (const record of records) {
      const { key, value } = record;
      const sources = this.sources(record.topic);
      const partition = record.partition ?? partitionOf(key, sources.length);
      const source = sources[partition] ?? this.source(record.topic, partition);
      const offset = next.get(source) ?? this.next(source);
      next.set(source, offset + 1);
      const settings: TopicSettings = topics[record.topic];
      this.#insert.run(
        source.base + offset,
        nowMs,
        key,
        typeof value === 'string' ? Buffer.from(value) : value,
        record.headers ? JSON.stringify(record.headers) : null,
        settings.compact && key !== null ? source.id : null,
      );
    }
    for (const [source, offset] of next) this.advance(source, offset);
  }

  /** The next offset that the source will give. */
  next(source: StoredSource): number {
    return this.#next.get(source.id)!.next as number;
  }

  /** Makes the source's next offset at least `offset`. */
  advance(source: StoredSource, offset: number): void {
    this.#setNext.run(offset, source.id);
  }

  /** First offset that is still kept, or the next one where none is. */
  first(source: StoredSource): number {
    for (const [id] of this.#rows(source, 0)) return id - source.base;
    return this.next(source);
  }

  /** Records from offset `from`, at least one if there is any, bounded by `limit`. */
  read(source: StoredSource, from: number, limit: ReadLimit): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const [id, appendedMs, key, value, headers] of this.#rows(source, from)) {
      bytes += value?.length ?? 0;
      if (records.length > 0 && bytes > limit.bytes) break;
      records.push({
        offset: id - source.base,
        appendedMs,
        key,
        value,
        headers: headers === null ? noHeaders : JSON.parse(headers),
      });
      if (records.length >= limit.records) break;
    }
    return records;
  }

  /** Stores positions of a reader or group, inside a transaction. */
  setPositions(reader: string, positions: ReadonlyMap<string, number>): void {
    for (const [name, position] of positions) {
      this.#setPosition.run(reader, this.#byName(name).id, position);
    }
  }

  positions(reader: string, wanted: readonly Topic[]): Map<string, number> {
    const rows = this.db.prepare('SELECT source, position FROM log_positions WHERE reader = ?').all(reader);
    const byId = new Map(rows.map((row) => [row.source as number, row.position as number]));
    const positions = new Map<string, number>();
    for (const topic of wanted) {
      for (const source of this.sources(topic)) {
        const position = byId.get(source.id);
        if (position !== undefined) positions.set(source.name, position);
      }
    }
    return positions;
  }

  /** Makes sure that the log goes on after positions of records that were never copied into it. */
  advanceTo(positions: ReadonlyMap<string, number>): void {
    for (const [name, position] of positions) this.advance(this.#byName(name), position);
  }

  /**
   * Runs `work` with a cache that holds a commit of history: with the usual one pages were written out and read again, which
   * took two thirds of the time of such a commit (7.8 µs a record, 2.7 without).
   */
  async withLargeCache<T>(work: () => Promise<T>): Promise<T> {
    this.db.exec(`PRAGMA cache_size = -${historyCacheKiB}`);
    try {
      return await work();
    } finally {
      if (this.db.isOpen) this.db.exec(`PRAGMA cache_size = -${usualCacheKiB}; PRAGMA shrink_memory`);
    }
  }

  /** A number that changes when another connection has changed the file. */
  dataVersion(): number {
    return this.#dataVersion.get()!.data_version as number;
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  #rows(source: StoredSource, from: number): Iterable<Row> {
    return this.#scan.iterate(source.base + Math.max(0, from), source.end) as unknown as Iterable<Row>;
  }

  #byName(name: string): StoredSource {
    const at = name.lastIndexOf('-');
    return this.source(name.slice(0, at) as Topic, Number(name.slice(at + 1)));
  }

  #busy(cause: unknown): SeamError {
    return new SeamError(
      'SEAM_STORE_BUSY',
      `${this.file} is held by another process (SQLite code ${(cause as { errcode?: number }).errcode}): end the other one, or use another folder`,
      { cause },
    );
  }
}

/**
 * WAL lets readers go on while one writes. FULL because `append` promises durable records: with NORMAL a power cut takes
 * back acknowledged commits (a killed process does not); one sync per commit measured 0.1 ms against 0.02 ms. FAST overwrites
 * what is deleted where that costs no write of its own (9.7 µs an upsert, 9.9 µs without), so that forgetting a customer need
 * not rewrite the file.
 */
function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: busyMs });
  // Two openers of a new file can both want the lock for the switch to WAL, where SQLite does not wait.
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = FAST;
        PRAGMA cache_size = -${usualCacheKiB};
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
      `);
      return db;
    } catch (error) {
      if (!isBusy(error) || attempt === 50) {
        db.close();
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** How long a writer waits for another: a commit of history takes seconds, longer on a busy machine. */
const busyMs = 60_000;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
